package partnership

import (
	"context"
	"encoding/json"
	"slices"

	"peerscape/internal/exchange/content"
	"peerscape/internal/fault"
	"peerscape/internal/machinery/db"
)

// mostListed bounds every list.
const mostListed = 2000

// granted is the condition that an account has a role of today in partnership p;
// its two arguments are the account and the day.
const granted = `EXISTS (SELECT 1 FROM role_grant g WHERE g.partnership = p.id AND g.account = $1
	AND g.since <= $2 AND (g.until = '' OR g.until > $2))`

func selectListings(ctx context.Context, q db.Querier, account, today string) ([]Listing, error) {
	return db.Collect(ctx, q, func(rows *db.Rows) (Listing, error) {
		var l Listing
		var version int
		var body string
		if err := rows.Scan(&l.ID, &l.Slug, &l.Public, &version, &body); err != nil {
			return l, err
		}
		x, err := Decode(ProfileKind, Entry{l.ID, version}, []byte(body))
		if err == nil {
			l.Profile = x.(*Profile)
		}
		return l, err
	}, `SELECT p.id, p.slug, p.public, p.version, p.body FROM partnership p
		WHERE p.public = 1 OR `+granted+` ORDER BY p.slug LIMIT $3`, account, today, mostListed)
}

// selectPartnership reads a partnership by its id or its slug, if the account may
// see it.
func selectPartnership(ctx context.Context, q db.Querier, by, value, account, today string) (*Partnership, Part, error) {
	column := map[string]string{"id": "p.id", "slug": "p.slug"}[by]
	p := &Partnership{}
	var version int
	var body string
	err := q.QueryRow(ctx, `SELECT p.id, p.slug, p.public, p.version, p.body, CASE WHEN `+granted+` THEN 1 ELSE 0 END FROM partnership p
		WHERE `+column+` = $3 AND (p.public = 1 OR `+granted+`) ORDER BY p.id LIMIT 1`, account, today, value).
		Scan(&p.ID, &p.Slug, &p.Public, &version, &body, &p.Internal)
	if err != nil {
		return nil, nil, err
	}
	x, err := Decode(ProfileKind, Entry{p.ID, version}, []byte(body))
	return p, x, err
}

func selectParts(ctx context.Context, q db.Querier, partnership string, internal bool) ([]Part, error) {
	return db.Collect(ctx, q, func(rows *db.Rows) (Part, error) {
		var e Entry
		var k Kind
		var body string
		if err := rows.Scan(&e.ID, &k, &e.Version, &body); err != nil {
			return nil, err
		}
		return Decode(k, e, []byte(body))
	}, `SELECT id, kind, version, body FROM part
		WHERE partnership = $1 AND (internal = 0 OR $2 = 1) AND body <> 'null' ORDER BY kind, id LIMIT $3`, partnership, number(internal), mostListed)
}

func hasPart(ctx context.Context, q db.Querier, partnership string, k Kind, id string) (bool, error) {
	var n int
	err := q.QueryRow(ctx, `SELECT COUNT(*) FROM part WHERE partnership = $1 AND kind = $2 AND id = $3 ORDER BY 1 LIMIT 1`, partnership, string(k), id).Scan(&n)
	return n > 0, err
}

func insertPartnership(ctx context.Context, tx *db.Tx, id, slug string) error {
	_, err := tx.Exec(ctx, `INSERT INTO partnership (id, slug, public, version, body) VALUES ($1, $2, 0, 0, '{}')`, id, slug)
	return err
}

func updateProfile(ctx context.Context, tx *db.Tx, id string, version int, body json.RawMessage) error {
	_, err := tx.Exec(ctx, `UPDATE partnership SET version = $1, body = $2 WHERE id = $3`, version, string(body), id)
	return err
}

func updatePublic(ctx context.Context, tx *db.Tx, id string, public bool) error {
	_, err := tx.Exec(ctx, `UPDATE partnership SET public = $1 WHERE id = $2`, number(public), id)
	return err
}

func upsertPart(ctx context.Context, tx *db.Tx, id, partnership string, k Kind, internal bool, version int, body json.RawMessage) error {
	_, err := tx.Exec(ctx, `INSERT INTO part (id, partnership, kind, internal, version, body) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (id) DO UPDATE SET version = excluded.version, body = excluded.body`,
		id, partnership, string(k), number(internal), version, string(body))
	return err
}

func number(b bool) int {
	if b {
		return 1
	}
	return 0
}

// groupNaming is a stakeholder group in which an account stands.
type groupNaming struct {
	partnership, slug string
	group             *Group
}

func selectGroupsNaming(ctx context.Context, q db.Querier, account string) ([]groupNaming, error) {
	return db.Collect(ctx, q, func(rows *db.Rows) (groupNaming, error) {
		var g groupNaming
		var e Entry
		var body string
		if err := rows.Scan(&g.partnership, &g.slug, &e.ID, &e.Version, &body); err != nil {
			return g, err
		}
		x, err := Decode(GroupKind, e, []byte(body))
		if err == nil {
			g.group = x.(*Group)
		}
		return g, err
	}, `SELECT p.id, p.slug, x.id, x.version, x.body FROM part x JOIN partnership p ON p.id = x.partnership
		WHERE x.kind = $1 AND x.body LIKE $2 ORDER BY p.slug, x.id LIMIT $3`, string(GroupKind), naming(account), mostListed)
}

// naming is the pattern of a body in which an account stands. Ids have no letters
// that a pattern reads otherwise.
func naming(account string) string { return `%"account":"` + account + `"%` }

type versionNaming struct {
	subject content.Subject
	number  int
}

func selectVersionsNaming(ctx context.Context, q db.Querier, account string) ([]versionNaming, error) {
	return db.Collect(ctx, q, func(rows *db.Rows) (versionNaming, error) {
		var v versionNaming
		err := rows.Scan(&v.subject.Kind, &v.subject.ID, &v.number)
		return v, err
	}, `SELECT kind, subject, number FROM version WHERE kind = $1 AND body LIKE $2 ORDER BY kind, subject, number LIMIT $3`,
		"partnership/"+string(GroupKind), naming(account), mostListed)
}

func countVersions(ctx context.Context, q db.Querier, account string) (n int, err error) {
	err = q.QueryRow(ctx, `SELECT COUNT(*) FROM version WHERE author = $1 ORDER BY 1 LIMIT 1`, account).Scan(&n)
	return n, err
}

// dated is a semester with the partnership that it belongs to.
type dated struct {
	*Semester
	partnership, slug string
}

// selectSemesters lists the semesters of all partnerships that have a day on which
// the report is due.
func selectSemesters(ctx context.Context, q db.Querier) ([]dated, error) {
	all, err := db.Collect(ctx, q, func(rows *db.Rows) (d dated, err error) {
		var e Entry
		var body string
		if err = rows.Scan(&e.ID, &e.Version, &body, &d.partnership, &d.slug); err != nil {
			return d, err
		}
		x, err := Decode(SemesterKind, e, []byte(body))
		if err == nil {
			d.Semester = x.(*Semester)
		}
		return d, err
	}, `SELECT s.id, s.version, s.body, p.id, p.slug FROM part s JOIN partnership p ON p.id = s.partnership
		WHERE s.kind = $1 AND s.body <> 'null' ORDER BY s.id LIMIT 100000`, string(SemesterKind))
	return slices.DeleteFunc(all, func(d dated) bool { return d.Semester == nil || d.Due == "" }), err
}

// selectName returns a partnership's short name; empty where there is none.
func selectName(ctx context.Context, q db.Querier, id string) (string, error) {
	var body string
	err := q.QueryRow(ctx, `SELECT body FROM partnership WHERE id = $1 ORDER BY id LIMIT 1`, id).Scan(&body)
	if fault.KindOf(err) == fault.Missing {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	x, err := Decode(ProfileKind, Entry{ID: id}, []byte(body))
	if err != nil {
		return "", err
	}
	return x.(*Profile).Short, nil
}

// hasJoined reports whether an account has, or had, a role in a partnership.
func hasJoined(ctx context.Context, q db.Querier, partnership, account string) (bool, error) {
	var n int
	err := q.QueryRow(ctx, `SELECT COUNT(*) FROM role_grant WHERE partnership = $1 AND account = $2 ORDER BY 1 LIMIT 1`, partnership, account).Scan(&n)
	return n > 0, err
}
