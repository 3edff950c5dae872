package db

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"

	"peerscape/internal/fault"
)

func openPostgres(_ context.Context, address string, o Options) (*DB, error) {
	config, err := pgx.ParseConfig(address)
	if err != nil {
		// The driver's text may hold the password: it stays out of What.
		return nil, fault.New(fault.Invalid, "db.address", "the PostgreSQL address cannot be read").
			Do("Write postgres://user:password@host:port/database").Because(err)
	}
	name := "postgres://" + config.Host + "/" + config.Database
	write := stdlib.OpenDB(*config)
	// One for the writer, one for the lock that goose holds while it migrates.
	write.SetMaxOpenConns(2)
	config = config.Copy()
	config.RuntimeParams["default_transaction_read_only"] = "on"
	read := stdlib.OpenDB(*config)
	read.SetMaxOpenConns(o.Readers)
	read.SetMaxIdleConns(o.Readers)
	return &DB{dialect: postgresDialect{}, name: name, read: newPool(read), write: write}, nil
}

// postgresCode returns the server's SQLSTATE.
func postgresCode(err error) (code string, ok bool) {
	e, ok := asType[*pgconn.PgError](err)
	if !ok {
		return "", false
	}
	return e.Code, true
}

// notConnected reports whether err says that no server answered.
func notConnected(err error) bool {
	_, ok := asType[*pgconn.ConnectError](err)
	return ok
}
