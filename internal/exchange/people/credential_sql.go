package people

import (
	"context"
	"time"

	"peerscape/internal/fault"
	"peerscape/internal/machinery/db"
)

func selectPassword(ctx context.Context, q db.Querier, account string) (hash string, err error) {
	return hash, q.QueryRow(ctx, "SELECT hash FROM password WHERE account = $1 ORDER BY account LIMIT 1", account).Scan(&hash)
}

func upsertPassword(ctx context.Context, tx *db.Tx, account, hash, now string) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO password (account, hash, changed) VALUES ($1, $2, $3)
		ON CONFLICT (account) DO UPDATE SET hash = excluded.hash, changed = excluded.changed`, account, hash, now)
	return err
}

func insertCeremony(ctx context.Context, tx *db.Tx, id, kind, account, state, expires string) error {
	_, err := tx.Exec(ctx, "INSERT INTO ceremony (id, kind, account, state, expires) VALUES ($1, $2, $3, $4, $5)", id, kind, account, state, expires)
	return err
}

func selectCeremony(ctx context.Context, q db.Querier, id, kind string) (*ceremony, time.Time, error) {
	var c ceremony
	var state, expires string
	err := q.QueryRow(ctx, "SELECT account, state, expires FROM ceremony WHERE id = $1 AND kind = $2 ORDER BY id LIMIT 1", id, kind).Scan(&c.account, &state, &expires)
	c.state = []byte(state)
	return &c, read(expires), err
}

func deleteCeremony(ctx context.Context, tx *db.Tx, id string) (int64, error) {
	return tx.Exec(ctx, "DELETE FROM ceremony WHERE id = $1", id)
}

func deleteCeremonies(ctx context.Context, tx *db.Tx, kind string) error {
	_, err := tx.Exec(ctx, "DELETE FROM ceremony WHERE kind = $1", kind)
	return err
}

func deleteCeremoniesOf(ctx context.Context, tx *db.Tx, account string) error {
	_, err := tx.Exec(ctx, "DELETE FROM ceremony WHERE account = $1", account)
	return err
}

// codesRow is how one-time codes stand for an account.
type codesRow struct {
	secret    string
	confirmed bool
	step      int64
}

// selectCodes returns the zero row where there are none.
func selectCodes(ctx context.Context, q db.Querier, account string) (c codesRow, err error) {
	confirmed := ""
	err = q.QueryRow(ctx, "SELECT secret, confirmed, step FROM one_time_code WHERE account = $1 ORDER BY account LIMIT 1", account).Scan(&c.secret, &confirmed, &c.step)
	if err != nil && fault.KindOf(err) == fault.Missing {
		return codesRow{}, nil
	}
	c.confirmed = confirmed != ""
	return c, err
}

func upsertCodes(ctx context.Context, tx *db.Tx, account, secret, confirmed string, step int64) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO one_time_code (account, secret, confirmed, step) VALUES ($1, $2, $3, $4)
		ON CONFLICT (account) DO UPDATE SET secret = excluded.secret, confirmed = excluded.confirmed, step = excluded.step`,
		account, secret, confirmed, step)
	return err
}

func deleteCodes(ctx context.Context, tx *db.Tx, account string) error {
	if _, err := tx.Exec(ctx, "DELETE FROM one_time_code WHERE account = $1", account); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, "DELETE FROM recovery_code WHERE account = $1", account)
	return err
}

func insertRecovery(ctx context.Context, tx *db.Tx, account, hash string) error {
	_, err := tx.Exec(ctx, "INSERT INTO recovery_code (account, hash, used) VALUES ($1, $2, '')", account, hash)
	return err
}

func useRecovery(ctx context.Context, tx *db.Tx, account, hash, now string) (int64, error) {
	return tx.Exec(ctx, "UPDATE recovery_code SET used = $1 WHERE account = $2 AND hash = $3 AND used = ''", now, account, hash)
}

func countRecovery(ctx context.Context, q db.Querier, account string) (n int, err error) {
	err = q.QueryRow(ctx, "SELECT count(*) FROM recovery_code WHERE account = $1 AND used = ''", account).Scan(&n)
	return n, err
}

func selectPasskeys(ctx context.Context, q db.Querier, account string) ([]Passkey, error) {
	return db.Collect(ctx, q, func(r *db.Rows) (k Passkey, err error) {
		var created, used string
		err = r.Scan(&k.ID, &k.Name, &created, &used)
		k.Created, k.Used = read(created), read(used)
		return k, err
	}, "SELECT id, name, created, used FROM passkey WHERE account = $1 ORDER BY created, id LIMIT $2", account, mostListed)
}

func selectCredentials(ctx context.Context, q db.Querier, account string) ([]string, error) {
	return db.Collect(ctx, q, func(r *db.Rows) (c string, err error) { return c, r.Scan(&c) },
		"SELECT credential FROM passkey WHERE account = $1 ORDER BY created, id LIMIT $2", account, mostListed)
}

func insertPasskey(ctx context.Context, tx *db.Tx, account, id, name, credential, now string) error {
	_, err := tx.Exec(ctx, "INSERT INTO passkey (id, account, name, credential, created, used) VALUES ($1, $2, $3, $4, $5, '')", id, account, name, credential, now)
	return err
}

func updatePasskey(ctx context.Context, tx *db.Tx, id, credential, now string) error {
	return one(tx.Exec(ctx, "UPDATE passkey SET credential = $1, used = $2 WHERE id = $3", credential, now, id))
}

func deletePasskey(ctx context.Context, tx *db.Tx, account, id string) error {
	return one(tx.Exec(ctx, "DELETE FROM passkey WHERE account = $1 AND id = $2", account, id))
}

func selectKey(ctx context.Context, q db.Querier, name string) (value string, err error) {
	return value, q.QueryRow(ctx, "SELECT value FROM installation_key WHERE name = $1 ORDER BY name LIMIT 1", name).Scan(&value)
}

// insertKey keeps the key that another instance made at the same time.
func insertKey(ctx context.Context, tx *db.Tx, name, value string) error {
	_, err := tx.Exec(ctx, "INSERT INTO installation_key (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING", name, value)
	return err
}

// selectNames asks one by one: a page shows few people.
func selectNames(ctx context.Context, q db.Querier, accounts []string) (map[string]string, error) {
	out := map[string]string{}
	for _, id := range accounts {
		name := ""
		err := q.QueryRow(ctx, "SELECT name FROM account WHERE id = $1 ORDER BY id LIMIT 1", id).Scan(&name)
		if err != nil && fault.KindOf(err) != fault.Missing {
			return nil, err
		}
		out[id] = name
	}
	return out, nil
}

func stepCodes(ctx context.Context, tx *db.Tx, account string, step int64) error {
	return one(tx.Exec(ctx, "UPDATE one_time_code SET step = $1 WHERE account = $2 AND step < $3", step, account, step))
}

func deletePasskeys(ctx context.Context, tx *db.Tx, account string) error {
	_, err := tx.Exec(ctx, "DELETE FROM passkey WHERE account = $1", account)
	return err
}

// selectIdentity returns the account of an identity, empty where nobody has it.
func selectIdentity(ctx context.Context, q db.Querier, issuer, subject string) (account string, err error) {
	err = q.QueryRow(ctx, "SELECT account FROM identity WHERE issuer = $1 AND subject = $2 ORDER BY account LIMIT 1", issuer, subject).Scan(&account)
	if err != nil && fault.KindOf(err) == fault.Missing {
		return "", nil
	}
	return account, err
}

func selectIdentities(ctx context.Context, q db.Querier, account string) ([]Identity, error) {
	return db.Collect(ctx, q, func(r *db.Rows) (i Identity, err error) {
		created := ""
		err = r.Scan(&i.Issuer, &i.Subject, &created)
		i.Created = read(created)
		return i, err
	}, "SELECT issuer, subject, created FROM identity WHERE account = $1 ORDER BY created, issuer, subject LIMIT $2", account, mostListed)
}

func insertIdentity(ctx context.Context, tx *db.Tx, issuer, subject, account, now string) error {
	_, err := tx.Exec(ctx, "INSERT INTO identity (issuer, subject, account, created) VALUES ($1, $2, $3, $4)", issuer, subject, account, now)
	return err
}

func deleteIdentity(ctx context.Context, tx *db.Tx, issuer, subject string) error {
	return one(tx.Exec(ctx, "DELETE FROM identity WHERE issuer = $1 AND subject = $2", issuer, subject))
}

func updateEmail(ctx context.Context, tx *db.Tx, id, email string) error {
	return one(tx.Exec(ctx, "UPDATE account SET email = $1 WHERE id = $2", email, id))
}
