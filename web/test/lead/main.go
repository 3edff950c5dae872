// Command lead makes the first account of a database lead a partnership, for tests
// in the browser: go run ./web/test/lead FILE PARTNERSHIP
package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"peerscape/internal/machinery/db"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "lead: name the database and the partnership")
		os.Exit(2)
	}
	if err := lead(context.Background(), os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "lead:", err)
		os.Exit(1)
	}
}

func lead(ctx context.Context, file, partnership string) error {
	d, err := db.Open(ctx, file, db.Options{})
	if err != nil {
		return err
	}
	return errors.Join(d.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `
			INSERT INTO role_grant (id, account, role, partnership, region, since, until, given_by)
			SELECT 'test', id, 'project-manager', $1, '', '2020-01-01', '', id FROM account ORDER BY id LIMIT 1`, partnership)
		return err
	}), d.Close())
}
