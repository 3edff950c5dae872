package people

import (
	"context"
	"encoding/base64"
	"fmt"
	"io"

	"peerscape/internal/fault"
	"peerscape/internal/machinery/db"
)

// Key returns the 32 bytes that an installation keeps under a name, and makes
// them where there are none yet. All instances of an installation share them.
func Key(ctx context.Context, d *db.DB, random io.Reader, name string) ([]byte, error) {
	value, err := selectKey(ctx, d.Read(), name)
	if err != nil && fault.KindOf(err) == fault.Missing {
		var b [32]byte
		if _, err := io.ReadFull(random, b[:]); err != nil {
			return nil, fmt.Errorf("make the key %s: %w", name, err)
		}
		err = d.Write(ctx, func(tx *db.Tx) (err error) {
			if err := insertKey(ctx, tx, name, base64.RawURLEncoding.EncodeToString(b[:])); err != nil {
				return err
			}
			value, err = selectKey(ctx, tx, name)
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("keep the key %s: %w", name, err)
		}
	} else if err != nil {
		return nil, fmt.Errorf("read the key %s: %w", name, err)
	}
	key, err := base64.RawURLEncoding.DecodeString(value)
	if err != nil || len(key) != 32 {
		return nil, fault.New(fault.Internal, "people.key", "the key %s of this installation is damaged", name).Do("Restore the database from a backup").Because(err)
	}
	return key, nil
}
