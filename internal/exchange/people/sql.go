package people

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"peerscape/internal/fault"
	"peerscape/internal/machinery/db"
	"peerscape/internal/nuts"
)

// mostListed bounds every list.
const mostListed = 10_000

// scanner is a row of an answer.
type scanner interface{ Scan(dest ...any) error }

const accountColumns = "account.id, account.email, account.name, account.lang, account.zone, account.created, account.seen, account.closed, account.erased"

func scanAccount(r scanner, more ...any) (a Account, err error) {
	var created, seen, closed, erased string
	err = r.Scan(append([]any{&a.ID, &a.Email, &a.Name, &a.Lang, &a.Zone, &created, &seen, &closed, &erased}, more...)...)
	a.Created, a.Closed, a.Erased = read(created), read(closed), read(erased)
	if day, e := time.Parse(time.DateOnly, seen); e == nil {
		a.Seen = day
	}
	return a, err
}

func selectAccount(ctx context.Context, q db.Querier, id string) (Account, error) {
	return scanAccount(q.QueryRow(ctx, "SELECT "+accountColumns+" FROM account WHERE id = $1 ORDER BY id LIMIT 1", id))
}

func selectAccountByEmail(ctx context.Context, q db.Querier, email string) (Account, error) {
	return scanAccount(q.QueryRow(ctx, "SELECT "+accountColumns+" FROM account WHERE email = $1 ORDER BY id LIMIT 1", email))
}

func selectAccounts(ctx context.Context, q db.Querier) ([]Account, error) {
	return db.Collect(ctx, q, func(r *db.Rows) (Account, error) { return scanAccount(r) },
		"SELECT "+accountColumns+" FROM account WHERE erased = '' ORDER BY name, id LIMIT $1", mostListed)
}

func insertAccount(ctx context.Context, tx *db.Tx, a *Account) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO account (id, email, name, lang, zone, created, seen, closed, erased) VALUES ($1, $2, $3, $4, $5, $6, $7, '', '')`,
		a.ID, a.Email, a.Name, a.Lang, a.Zone, written(a.Created), a.Seen.UTC().Format(time.DateOnly))
	return err
}

func updateProfile(ctx context.Context, tx *db.Tx, id, name, lang, zone string) error {
	return one(tx.Exec(ctx, "UPDATE account SET name = $1, lang = $2, zone = $3 WHERE id = $4", name, lang, zone, id))
}

func updateSeen(ctx context.Context, tx *db.Tx, id, day string) error {
	return one(tx.Exec(ctx, "UPDATE account SET seen = $1 WHERE id = $2", day, id))
}

func updateClosed(ctx context.Context, tx *db.Tx, id, at string) error {
	return one(tx.Exec(ctx, "UPDATE account SET closed = $1 WHERE id = $2 AND erased = ''", at, id))
}

// one turns a change of no row into a fault.
func one(changed int64, err error) error {
	if err == nil && changed == 0 {
		return fault.New(fault.Missing, "people.gone", "there is no such entry").Do("Load the page again")
	}
	return err
}

const grantColumns = "id, account, role, partnership, region, since, until, given_by"

func scanGrant(r scanner) (g Grant, err error) {
	var role, region string
	err = r.Scan(&g.ID, &g.Account, &role, &g.Partnership, &region, &g.Since, &g.Until, &g.By)
	g.Role, g.Region = Role(role), nuts.Code(region)
	return g, err
}

// selectGrants returns what an account holds on a day.
func selectGrants(ctx context.Context, q db.Querier, account, day string) ([]Grant, error) {
	return db.Collect(ctx, q, func(r *db.Rows) (Grant, error) { return scanGrant(r) }, `
		SELECT `+grantColumns+` FROM role_grant
		WHERE account = $1 AND since <= $2 AND (until = '' OR until > $3) ORDER BY since, id LIMIT $4`, account, day, day, mostListed)
}

func selectGrant(ctx context.Context, q db.Querier, id string) (*Grant, error) {
	g, err := scanGrant(q.QueryRow(ctx, "SELECT "+grantColumns+" FROM role_grant WHERE id = $1 AND until = '' ORDER BY id LIMIT 1", id))
	return &g, err
}

func insertGrant(ctx context.Context, tx *db.Tx, g *Grant) error {
	_, err := tx.Exec(ctx, "INSERT INTO role_grant ("+grantColumns+") VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
		g.ID, g.Account, string(g.Role), g.Partnership, string(g.Region), g.Since, g.Until, g.By)
	return err
}

func endGrant(ctx context.Context, tx *db.Tx, id, day string) error {
	return one(tx.Exec(ctx, "UPDATE role_grant SET until = $1 WHERE id = $2 AND until = ''", day, id))
}

func endGrants(ctx context.Context, tx *db.Tx, account, day string) error {
	_, err := tx.Exec(ctx, "UPDATE role_grant SET until = $1 WHERE account = $2 AND until = ''", day, account)
	return err
}

// countHolders counts the people who hold a role and can sign in.
// but leaves one account out.
func countHolders(ctx context.Context, q db.Querier, role Role, partnership, day, but string) (n int, err error) {
	err = q.QueryRow(ctx, `
		SELECT count(DISTINCT role_grant.account) FROM role_grant JOIN account ON account.id = role_grant.account
		WHERE role = $1 AND partnership = $2 AND since <= $3 AND (until = '' OR until > $4) AND closed = '' AND erased = ''
			AND role_grant.account <> $5`,
		string(role), partnership, day, day, but).Scan(&n)
	return n, err
}

func countAdministrators(ctx context.Context, q db.Querier, day string) (int, error) {
	return countHolders(ctx, q, Administrator, "", day, "")
}

// selectColleagues returns the people of a partnership with grants that have not
// ended by the day; all of them where the day is empty.
func selectColleagues(ctx context.Context, q db.Querier, partnership, day string) ([]Colleague, error) {
	type row struct {
		a Account
		g Grant
	}
	rows, err := db.Collect(ctx, q, func(r *db.Rows) (x row, err error) {
		var role, region string
		x.a, err = scanAccount(r, &x.g.ID, &role, &region, &x.g.Since, &x.g.Until, &x.g.By)
		x.g.Account, x.g.Role, x.g.Region, x.g.Partnership = x.a.ID, Role(role), nuts.Code(region), partnership
		return x, err
	}, `SELECT `+accountColumns+`, role_grant.id, role_grant.role, role_grant.region, role_grant.since, role_grant.until, role_grant.given_by
		FROM role_grant JOIN account ON account.id = role_grant.account
		WHERE role_grant.partnership = $1 AND (role_grant.until = '' OR $2 = '' OR role_grant.until > $3)
		ORDER BY account.name, account.id, role_grant.since, role_grant.id LIMIT $4`, partnership, day, day, mostListed)
	var out []Colleague
	for _, x := range rows {
		if len(out) == 0 || out[len(out)-1].Account.ID != x.a.ID {
			out = append(out, Colleague{Account: x.a})
		}
		last := &out[len(out)-1]
		last.Grants = append(last.Grants, x.g)
	}
	return out, err
}

// sessionRow is a session as it stands.
type sessionRow struct {
	id, account, handle, how, device, created, proved, seen, expires string
}

func insertSession(ctx context.Context, tx *db.Tx, s *sessionRow) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO session (id, account, handle, how, device, created, proved, seen, expires) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		s.id, s.account, s.handle, s.how, s.device, s.created, s.proved, s.seen, s.expires)
	return err
}

func selectSession(ctx context.Context, q db.Querier, id string) (s sessionRow, a Account, err error) {
	a, err = scanAccount(q.QueryRow(ctx, `
		SELECT `+accountColumns+`, session.handle, session.how, session.proved, session.seen, session.expires
		FROM session JOIN account ON account.id = session.account WHERE session.id = $1 ORDER BY session.id LIMIT 1`, id),
		&s.handle, &s.how, &s.proved, &s.seen, &s.expires)
	s.id, s.account = id, a.ID
	return s, a, err
}

func selectSessions(ctx context.Context, q db.Querier, account, now, seenAfter string) ([]Session, error) {
	return db.Collect(ctx, q, func(r *db.Rows) (s Session, err error) {
		var created, seen, expires string
		err = r.Scan(&s.Handle, &s.How, &s.Device, &created, &seen, &expires)
		s.Created, s.Seen, s.Expires = read(created), read(seen), read(expires)
		return s, err
	}, `SELECT handle, how, device, created, seen, expires FROM session
		WHERE account = $1 AND expires > $2 AND seen > $3 ORDER BY seen DESC, handle LIMIT $4`, account, now, seenAfter, mostListed)
}

func touchSession(ctx context.Context, tx *db.Tx, id, now string) error {
	_, err := tx.Exec(ctx, "UPDATE session SET seen = $1 WHERE id = $2", now, id)
	return err
}

// proveSession gives a session a new secret after a fresh proof.
func proveSession(ctx context.Context, tx *db.Tx, account, handle, id, how, now string) error {
	return one(tx.Exec(ctx, "UPDATE session SET id = $1, how = $2, proved = $3 WHERE account = $4 AND handle = $5", id, how, now, account, handle))
}

func updateHow(ctx context.Context, tx *db.Tx, account, handle, how string) error {
	return one(tx.Exec(ctx, "UPDATE session SET how = $1 WHERE account = $2 AND handle = $3", how, account, handle))
}

func deleteSessionByID(ctx context.Context, tx *db.Tx, id string) error {
	_, err := tx.Exec(ctx, "DELETE FROM session WHERE id = $1", id)
	return err
}

func deleteSession(ctx context.Context, tx *db.Tx, account, handle string) error {
	return one(tx.Exec(ctx, "DELETE FROM session WHERE account = $1 AND handle = $2", account, handle))
}

// deleteSessions ends all sessions of an account but the one of the handle.
func deleteSessions(ctx context.Context, tx *db.Tx, account, but string) error {
	_, err := tx.Exec(ctx, "DELETE FROM session WHERE account = $1 AND handle <> $2", account, but)
	return err
}

const invitationColumns = "id, email, role, partnership, region, given_by, created, expires, used, used_by, withdrawn"

func scanInvitation(r scanner) (*Invitation, error) {
	var i Invitation
	var role, region, created, expires, used, withdrawn string
	err := r.Scan(&i.ID, &i.Email, &role, &i.Partnership, &region, &i.By, &created, &expires, &used, &i.UsedBy, &withdrawn)
	i.Role, i.Region = Role(role), nuts.Code(region)
	i.Created, i.Expires, i.Used, i.Withdrawn = read(created), read(expires), read(used), read(withdrawn)
	return &i, err
}

func insertInvitation(ctx context.Context, tx *db.Tx, i *Invitation, token string) error {
	_, err := tx.Exec(ctx, "INSERT INTO invitation ("+invitationColumns+", token) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, '', '', '', $9)",
		i.ID, i.Email, string(i.Role), i.Partnership, string(i.Region), i.By, written(i.Created), written(i.Expires), token)
	return err
}

func selectInvitation(ctx context.Context, q db.Querier, token string) (*Invitation, error) {
	return scanInvitation(q.QueryRow(ctx, "SELECT "+invitationColumns+" FROM invitation WHERE token = $1 ORDER BY id LIMIT 1", token))
}

func selectInvitationByID(ctx context.Context, q db.Querier, id string) (*Invitation, error) {
	return scanInvitation(q.QueryRow(ctx, "SELECT "+invitationColumns+" FROM invitation WHERE id = $1 ORDER BY id LIMIT 1", id))
}

func selectInvitations(ctx context.Context, q db.Querier, partnership string) ([]Invitation, error) {
	return db.Collect(ctx, q, func(r *db.Rows) (Invitation, error) {
		i, err := scanInvitation(r)
		return *i, err
	}, "SELECT "+invitationColumns+" FROM invitation WHERE partnership = $1 ORDER BY created DESC, id LIMIT $2", partnership, mostListed)
}

func countInvitations(ctx context.Context, q db.Querier, partnership, now string) (n int, err error) {
	err = q.QueryRow(ctx, "SELECT count(*) FROM invitation WHERE partnership = $1 AND used = '' AND withdrawn = '' AND expires > $2", partnership, now).Scan(&n)
	return n, err
}

func useInvitation(ctx context.Context, tx *db.Tx, id, now, account string) (int64, error) {
	return tx.Exec(ctx, "UPDATE invitation SET used = $1, used_by = $2 WHERE id = $3 AND used = '' AND withdrawn = ''", now, account, id)
}

func withdrawInvitation(ctx context.Context, tx *db.Tx, id, now string) error {
	return one(tx.Exec(ctx, "UPDATE invitation SET withdrawn = $1 WHERE id = $2 AND used = '' AND withdrawn = ''", now, id))
}

// withdrawInvitationsBy withdraws what an account has invited to and nobody accepted.
func withdrawInvitationsBy(ctx context.Context, tx *db.Tx, account, now string) error {
	_, err := tx.Exec(ctx, "UPDATE invitation SET withdrawn = $1 WHERE given_by = $2 AND used = '' AND withdrawn = ''", now, account)
	return err
}

// selectAttempt returns zeros where nothing failed.
func selectAttempt(ctx context.Context, q db.Querier, key string) (count int, first, until time.Time, err error) {
	var a, b string
	err = q.QueryRow(ctx, "SELECT count, first, until FROM attempt WHERE key = $1 ORDER BY key LIMIT 1", key).Scan(&count, &a, &b)
	if err != nil && fault.KindOf(err) == fault.Missing {
		err = nil
	}
	return count, read(a), read(b), err
}

func upsertAttempt(ctx context.Context, tx *db.Tx, key string, count int, first, until time.Time) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO attempt (key, count, first, until) VALUES ($1, $2, $3, $4)
		ON CONFLICT (key) DO UPDATE SET count = excluded.count, first = excluded.first, until = excluded.until`,
		key, count, written(first), written(until))
	return err
}

// takeBack counts a try less; a wait that it began stays.
func takeBack(ctx context.Context, tx *db.Tx, key string) error {
	_, err := tx.Exec(ctx, "UPDATE attempt SET count = count - 1 WHERE key = $1 AND count > 0", key)
	return err
}

func deleteAttempt(ctx context.Context, tx *db.Tx, key string) error {
	_, err := tx.Exec(ctx, "DELETE FROM attempt WHERE key = $1", key)
	return err
}

func insertAudit(ctx context.Context, tx *db.Tx, at, actor, act, object, partnership, details string) error {
	_, err := tx.Exec(ctx, "INSERT INTO audit (at, actor, act, object, partnership, details) VALUES ($1, $2, $3, $4, $5, $6)",
		at, actor, act, object, partnership, details)
	return err
}

func scanEntry(r *db.Rows) (e Entry, err error) {
	var at, details string
	if err = r.Scan(&e.Number, &at, &e.Actor, &e.Act, &e.Object, &e.Partnership, &details); err != nil {
		return e, err
	}
	e.At = read(at)
	if err = json.Unmarshal([]byte(details), &e.Details); err != nil {
		err = fmt.Errorf("read line %d of the audit log: %w", e.Number, err)
	}
	return e, err
}

// selectAuditAbout returns what others did to an account.
func selectAuditAbout(ctx context.Context, q db.Querier, account string) ([]Entry, error) {
	return db.Collect(ctx, q, scanEntry, `SELECT number, at, actor, act, object, partnership, details FROM audit
		WHERE object = $1 AND actor <> $2 ORDER BY number DESC LIMIT $3`, "account:"+account, account, mostListed)
}

func selectAudit(ctx context.Context, q db.Querier, f AuditFilter) ([]Entry, error) {
	before := f.Before
	if before == 0 {
		before = 1<<62 - 1
	}
	return db.Collect(ctx, q, scanEntry, `SELECT number, at, actor, act, object, partnership, details FROM audit
		WHERE number < $1 AND ($2 = '' OR partnership = $3) AND ($4 = '' OR actor = $5) ORDER BY number DESC LIMIT $6`,
		before, f.Partnership, f.Partnership, f.Actor, f.Actor, f.Most)
}

func selectAllGrants(ctx context.Context, q db.Querier, account string) ([]Grant, error) {
	return db.Collect(ctx, q, func(r *db.Rows) (Grant, error) { return scanGrant(r) },
		"SELECT "+grantColumns+" FROM role_grant WHERE account = $1 ORDER BY since, id LIMIT $2", account, mostListed)
}

func selectInvitationsTo(ctx context.Context, q db.Querier, email string) ([]Invitation, error) {
	return db.Collect(ctx, q, func(r *db.Rows) (Invitation, error) {
		i, err := scanInvitation(r)
		return *i, err
	}, "SELECT "+invitationColumns+" FROM invitation WHERE email = $1 ORDER BY created, id LIMIT $2", email, mostListed)
}

func selectInvitationsBy(ctx context.Context, q db.Querier, account string) ([]Invitation, error) {
	return db.Collect(ctx, q, func(r *db.Rows) (Invitation, error) {
		i, err := scanInvitation(r)
		return *i, err
	}, "SELECT "+invitationColumns+" FROM invitation WHERE given_by = $1 ORDER BY created, id LIMIT $2", account, mostListed)
}

func selectProofs(ctx context.Context, q db.Querier, account string) (password, codes bool, err error) {
	err = q.QueryRow(ctx, `
		SELECT (SELECT count(*) FROM password WHERE account = $1) > 0, (SELECT count(*) FROM one_time_code WHERE account = $2 AND confirmed <> '') > 0
		ORDER BY 1 LIMIT 1`, account, account).Scan(&password, &codes)
	return password, codes, err
}

func selectPasskeyNames(ctx context.Context, q db.Querier, account string) ([]string, error) {
	return db.Collect(ctx, q, func(r *db.Rows) (name string, err error) { return name, r.Scan(&name) },
		"SELECT name FROM passkey WHERE account = $1 ORDER BY created, id LIMIT $2", account, mostListed)
}

func insertConsent(ctx context.Context, tx *db.Tx, account, purpose, version, now string) error {
	_, err := tx.Exec(ctx, "INSERT INTO consent (account, purpose, version, given, withdrawn) VALUES ($1, $2, $3, $4, '')", account, purpose, version, now)
	return err
}

func withdrawConsent(ctx context.Context, tx *db.Tx, account, purpose, now string) error {
	_, err := tx.Exec(ctx, "UPDATE consent SET withdrawn = $1 WHERE account = $2 AND purpose = $3 AND withdrawn = ''", now, account, purpose)
	return err
}

func selectConsents(ctx context.Context, q db.Querier, account string) ([]Consent, error) {
	return db.Collect(ctx, q, func(r *db.Rows) (c Consent, err error) {
		var given, withdrawn string
		err = r.Scan(&c.Purpose, &c.Version, &given, &withdrawn)
		c.Given, c.Withdrawn = read(given), read(withdrawn)
		return c, err
	}, "SELECT purpose, version, given, withdrawn FROM consent WHERE account = $1 ORDER BY given, purpose LIMIT $2", account, mostListed)
}

// eraseAccount leaves of an account its id and its dates.
func eraseAccount(ctx context.Context, tx *db.Tx, id, email, now string) error {
	for _, table := range []string{"password", "one_time_code", "recovery_code", "passkey", "identity", "session", "ceremony", "consent"} {
		if _, err := tx.Exec(ctx, "DELETE FROM "+table+" WHERE account = $1", id); err != nil {
			return err
		}
	}
	if _, err := tx.Exec(ctx, "UPDATE invitation SET withdrawn = $1 WHERE email = $2 AND used = '' AND withdrawn = ''", now, email); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, "UPDATE invitation SET email = '' WHERE email = $1", email); err != nil {
		return err
	}
	return one(tx.Exec(ctx, "UPDATE account SET email = $1, name = '', lang = '', zone = '', erased = $2 WHERE id = $3", "erased:"+id, now, id))
}

// removeOld removes the rows of a kind that ended before a time.
func removeOld(ctx context.Context, tx *db.Tx, kind, before, idleBefore string) (int64, error) {
	switch kind {
	case "session":
		return tx.Exec(ctx, "DELETE FROM session WHERE expires <= $1 OR seen <= $2", before, idleBefore)
	case "ceremony":
		return tx.Exec(ctx, "DELETE FROM ceremony WHERE expires <= $1", before)
	case "attempt":
		return tx.Exec(ctx, "DELETE FROM attempt WHERE first <= $1", before)
	case "invitation":
		return tx.Exec(ctx, "DELETE FROM invitation WHERE used = '' AND expires <= $1", before)
	}
	return 0, fmt.Errorf("there is no rule for %q", kind)
}
