package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"

	"peerscape/internal/fault"
)

// verdict is what a driver's code means to a caller.
type verdict struct {
	kind      fault.Kind
	key, what string
	cure      string
}

var (
	taken    = verdict{fault.Conflict, "db.taken", "there is already an entry of that name", ""}
	needed   = verdict{fault.Conflict, "db.needed", "the entry refers to one that does not exist, or is still referred to", ""}
	refused  = verdict{fault.Invalid, "db.refused", "the database refuses a value", ""}
	tooLarge = verdict{fault.TooLarge, "db.too-large", "a value is larger than the database takes", ""}
	busy     = verdict{fault.Unavailable, "db.busy", "another program is writing to the database", "Try again in a moment"}
	full     = verdict{fault.Unavailable, "db.full", "the disk is full", "Make room and try again"}
	locked   = verdict{fault.Unavailable, "db.read-only", "the database cannot be written to", "Check the rights of the file and of its folder"}
	broken   = verdict{fault.Unavailable, "db.broken", "the database is damaged", "Restore it from a backup"}
	foreign  = verdict{fault.Invalid, "db.foreign", "the file is not an SQLite database", "Name another file, or one that does not exist yet"}
	absent   = verdict{fault.Unavailable, "db.absent", "the PostgreSQL server does not answer", "Check that it runs and that the address is right"}
	unknown  = verdict{fault.Invalid, "db.unknown", "the PostgreSQL server does not know this database, user or password", "Check the address"}
)

// sqliteVerdicts goes by the extended code first, then by its low byte.
var sqliteVerdicts = map[int]verdict{
	2067: taken, 1555: taken, 2579: taken, // unique, primary key, rowid
	787: needed,        // foreign key
	19:  refused,       // any other constraint
	18:  tooLarge,      //
	5:   busy, 6: busy, // busy, locked
	13: full,                          //
	8:  locked, 3: locked, 14: locked, // read-only, permission, cannot open
	11: broken, 26: foreign, 10: broken, // corrupt, not a database, input/output
}

// postgresVerdicts goes by the whole code first, then by its class.
var postgresVerdicts = map[string]verdict{
	"23505": taken, "23503": needed, "23": refused, "22": refused, "54": tooLarge,
	"40": busy, "55P03": busy, "53100": full, "53": busy, "25006": locked, "42501": locked,
	"08": absent, "57P01": absent, "57P02": absent, "57P03": absent,
	"3D000": unknown, "28": unknown, "XX001": broken, "XX002": broken,
}

// translate turns a driver's error into a fault where a caller can branch on
// it; others stay as they are. The driver's words stay in the chain, for the log.
func translate(err error) error {
	if err == nil {
		return nil
	}
	if _, ok := asType[*fault.Error](err); ok {
		return err
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	if errors.Is(err, sql.ErrNoRows) {
		return fault.New(fault.Missing, "db.missing", "there is no such entry").Because(err)
	}
	if v, ok := judge(err); ok {
		f := fault.New(v.kind, v.key, "%s", v.what).Because(err)
		f.Cure = v.cure
		return f
	}
	return err
}

func judge(err error) (v verdict, ok bool) {
	if code, is := sqliteCode(err); is {
		if v, ok = sqliteVerdicts[code]; !ok {
			v, ok = sqliteVerdicts[code&0xff]
		}
		return v, ok
	}
	if code, is := postgresCode(err); is && len(code) == 5 {
		if v, ok = postgresVerdicts[code]; !ok {
			v, ok = postgresVerdicts[code[:2]]
		}
		return v, ok
	}
	if notConnected(err) || errors.Is(err, driver.ErrBadConn) {
		return absent, true
	}
	return verdict{}, false
}

func asType[E error](err error) (E, bool) { return errors.AsType[E](err) }
