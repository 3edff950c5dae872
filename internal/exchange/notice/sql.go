package notice

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"peerscape/internal/exchange/people"
	"peerscape/internal/fault"
	"peerscape/internal/machinery/db"
)

// stamp is how times stand in the database.
const stamp = "2006-01-02T15:04:05.000Z"

func written(t time.Time) string { return t.UTC().Format(stamp) }

func read(s string) time.Time {
	t, err := time.Parse(stamp, s)
	if err != nil {
		return time.Time{} // empty: there is none
	}
	return t
}

func number(b bool) int {
	if b {
		return 1
	}
	return 0
}

// upsertNotice writes a notice, or brings the one with its key up again. told is
// false where the same was told before and is told once.
func upsertNotice(ctx context.Context, tx *db.Tx, account string, e *Event, inside bool, args, now string) (told bool, err error) {
	again := `UPDATE SET at = excluded.at, args = excluded.args, path = excluded.path, by_account = excluded.by_account, sent = '', read_at = '',
		times = CASE WHEN notice.read_at = '' THEN notice.times + 1 ELSE 1 END`
	if e.Once {
		again = "NOTHING"
	}
	n, err := tx.Exec(ctx, `INSERT INTO notice (account, kind, partnership, inside, path, args, by_account, key, at, times, read_at, sent)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1, '', '')
		ON CONFLICT (account, key) WHERE key <> '' DO `+again,
		account, string(e.Kind), e.Partnership, number(inside), e.Path, args, e.By, e.Key, now)
	return n > 0, err
}

// visible is the condition that an account may see a notice; its arguments are the
// account and the day.
const visible = `account = $1 AND (inside = 0 OR EXISTS (SELECT 1 FROM role_grant g WHERE g.partnership = notice.partnership
	AND g.account = $1 AND g.since <= $2 AND (g.until = '' OR g.until > $2)))`

const columns = "id, kind, partnership, path, args, by_account, at, times, read_at"

func scan(rows *db.Rows) (n Notice, err error) {
	var args, at, seen string
	if err = rows.Scan(&n.ID, &n.Kind, &n.Partnership, &n.Path, &args, &n.By, &at, &n.Times, &seen); err != nil {
		return n, err
	}
	n.At, n.Read = read(at), read(seen)
	if err = json.Unmarshal([]byte(args), &n.Args); err != nil {
		err = fmt.Errorf("read notice %d: %w", n.ID, err)
	}
	return n, err
}

func selectNotices(ctx context.Context, q db.Querier, account, today string, before *Notice, most int) ([]Notice, error) {
	at, id := "9", int64(0)
	if before != nil {
		at, id = written(before.At), before.ID
	}
	return db.Collect(ctx, q, scan, "SELECT "+columns+" FROM notice WHERE "+visible+
		" AND (at < $3 OR at = $3 AND id < $4) ORDER BY at DESC, id DESC LIMIT $5", account, today, at, id, most)
}

func selectNotice(ctx context.Context, q db.Querier, account, today string, id int64) (*Notice, error) {
	all, err := db.Collect(ctx, q, scan, "SELECT "+columns+" FROM notice WHERE "+visible+" AND id = $3 ORDER BY id LIMIT 1", account, today, id)
	if err == nil && len(all) == 0 {
		err = fault.New(fault.Missing, "notice.missing", "there is no such notice")
	}
	if err != nil {
		return nil, err
	}
	return &all[0], nil
}

func selectAllNotices(ctx context.Context, q db.Querier, account string) ([]Notice, error) {
	return db.Collect(ctx, q, scan, "SELECT "+columns+" FROM notice WHERE account = $1 ORDER BY at, id LIMIT 100000", account)
}

// selectUnsent returns what an account has neither read nor been sent.
func selectUnsent(ctx context.Context, q db.Querier, account, today, since string) ([]Notice, error) {
	return db.Collect(ctx, q, scan, "SELECT "+columns+" FROM notice WHERE "+visible+
		" AND read_at = '' AND sent = '' AND at >= $3 ORDER BY at, id LIMIT 500", account, today, since)
}

func countUnread(ctx context.Context, q db.Querier, account, today string, most int) (n int, err error) {
	err = q.QueryRow(ctx, "SELECT COUNT(*) FROM (SELECT 1 FROM notice WHERE "+visible+" AND read_at = '' ORDER BY id LIMIT $3) x ORDER BY 1 LIMIT 1",
		account, today, most).Scan(&n)
	return n, err
}

func updateRead(ctx context.Context, tx *db.Tx, account string, id int64, now string) error {
	_, err := tx.Exec(ctx, "UPDATE notice SET read_at = $1 WHERE account = $2 AND id = $3", now, account, id)
	return err
}

func updateAllRead(ctx context.Context, tx *db.Tx, account, until, now string) error {
	_, err := tx.Exec(ctx, "UPDATE notice SET read_at = $1 WHERE account = $2 AND read_at = '' AND at <= $3", now, account, until)
	return err
}

// updateSent marks a notice as sent, unless it has come up again since.
func updateSent(ctx context.Context, tx *db.Tx, id int64, at, now string) error {
	_, err := tx.Exec(ctx, "UPDATE notice SET sent = $1 WHERE id = $2 AND at = $3", now, id, at)
	return err
}

func deleteOf(ctx context.Context, tx *db.Tx, account string) error {
	if _, err := tx.Exec(ctx, "DELETE FROM notice WHERE account = $1", account); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, "DELETE FROM notice_choice WHERE account = $1", account)
	return err
}

func deleteOld(ctx context.Context, tx *db.Tx, before string) (int64, error) {
	return tx.Exec(ctx, "DELETE FROM notice WHERE at < $1", before)
}

func selectChoices(ctx context.Context, q db.Querier, account string) (map[Kind]Rhythm, error) {
	type row struct {
		kind   Kind
		rhythm Rhythm
	}
	all, err := db.Collect(ctx, q, func(rows *db.Rows) (x row, err error) {
		err = rows.Scan(&x.kind, &x.rhythm)
		return x, err
	}, "SELECT kind, rhythm FROM notice_choice WHERE account = $1 ORDER BY kind LIMIT 100", account)
	out := map[Kind]Rhythm{}
	for _, x := range all {
		out[x.kind] = x.rhythm
	}
	return out, err
}

func upsertChoice(ctx context.Context, tx *db.Tx, account string, k Kind, r Rhythm) error {
	_, err := tx.Exec(ctx, `INSERT INTO notice_choice (account, kind, rhythm) VALUES ($1, $2, $3)
		ON CONFLICT (account, kind) DO UPDATE SET rhythm = excluded.rhythm`, account, string(k), string(r))
	return err
}

// there is the condition that somebody can be written to.
const there = "closed = '' AND erased = ''"

// selectRhythm returns what a person has chosen for a kind, and her time zone.
func selectRhythm(ctx context.Context, q db.Querier, account string, r Rule) (rhythm Rhythm, zone string, err error) {
	err = q.QueryRow(ctx, `SELECT zone, COALESCE((SELECT rhythm FROM notice_choice c WHERE c.account = account.id AND c.kind = $2), '')
		FROM account WHERE id = $1 AND `+there+` ORDER BY id LIMIT 1`, account, string(r.Kind)).Scan(&zone, &rhythm)
	if rhythm == "" || r.Fixed {
		rhythm = r.Rhythm
	}
	return rhythm, zone, err
}

func selectReader(ctx context.Context, q db.Querier, account string) (to people.Mail, zone string, err error) {
	err = q.QueryRow(ctx, "SELECT email, name, lang, zone FROM account WHERE id = $1 AND "+there+" ORDER BY id LIMIT 1", account).
		Scan(&to.Address, &to.Name, &to.Lang, &zone)
	return to, zone, err
}

// isGone reports whether there is no such account, or no person behind it.
func isGone(ctx context.Context, q db.Querier, account string) (bool, error) {
	var n int
	err := q.QueryRow(ctx, "SELECT COUNT(*) FROM account WHERE id = $1 AND erased = '' ORDER BY 1 LIMIT 1", account).Scan(&n)
	return n == 0, err
}

// selectMembers lists the accounts that have a role in a partnership.
func selectMembers(ctx context.Context, q db.Querier, partnership, today string) ([]string, error) {
	return db.Collect(ctx, q, func(rows *db.Rows) (id string, err error) { return id, rows.Scan(&id) },
		`SELECT DISTINCT account FROM role_grant WHERE partnership = $1 AND since <= $2 AND (until = '' OR until > $2) ORDER BY account LIMIT 5000`, partnership, today)
}

func selectInviter(ctx context.Context, q db.Querier, invitation string) (account string, err error) {
	err = q.QueryRow(ctx, "SELECT given_by FROM invitation WHERE id = $1 ORDER BY id LIMIT 1", invitation).Scan(&account)
	return account, err
}
