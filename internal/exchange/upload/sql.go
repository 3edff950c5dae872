package upload

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"peerscape/internal/exchange/people"
	"peerscape/internal/fault"
	"peerscape/internal/machinery/blob"
	"peerscape/internal/machinery/db"
	"peerscape/internal/machinery/media"
	"peerscape/internal/nuts"
)

// mostListed bounds every list.
const mostListed = 2000

// anybody reads without asking for rights: the program itself.
var anybody = reader{account: "*"}

// visible is the condition that a reader may see a file: its arguments are the
// account, twice, and the day, twice. The roles are those of the permission table.
func visible() string {
	var roles []string
	for _, p := range people.Permissions() {
		if p.Act != people.ReadInternal {
			continue
		}
		for _, r := range people.Roles() {
			if p.Reach[r] != people.Nowhere {
				roles = append(roles, "'"+string(r)+"'")
			}
		}
	}
	return `u.gone = '' AND ($1 = '*' OR u.public = 1 AND u.state = 'ready' OR EXISTS (
		SELECT 1 FROM role_grant g JOIN account a ON a.id = g.account
		WHERE g.account = $2 AND g.partnership = u.partnership AND g.role IN (` + strings.Join(roles, ", ") + `)
			AND g.since <= $3 AND (g.until = '' OR g.until > $4) AND a.closed = '' AND a.erased = ''))`
}

const columns = `u.id, u.partnership, u.region, u.owner, u.name, u.kind, u.mime, u.state, u.progress, u.refusal, u.raw, u.raw_size, u.sum, u.size,
	u.width, u.height, u.taken, u.taken_zone, u.removed, u.notes, u.alt, u.credit, u.public, u.created`

func scanFile(r interface{ Scan(dest ...any) error }) (f File, err error) {
	var region, kind, state, refusal, raw, sum, taken, removed, notes, alt, created string
	var zone, public int
	err = r.Scan(&f.ID, &f.Partnership, &region, &f.Owner, &f.Name, &kind, &f.Original.MIME, &state, &f.Progress, &refusal, &raw, &f.raw.Size, &sum, &f.Original.Size,
		&f.Original.Width, &f.Original.Height, &taken, &zone, &removed, &notes, &alt, &f.Credit, &public, &created)
	if err != nil {
		return f, err
	}
	f.Region, f.Kind, f.State = nuts.Code(region), media.Kind(kind), State(state)
	f.TakenAt, f.TakenZone, f.Public, f.Created = read(taken), zone == 1, public == 1, read(created)
	for _, part := range []struct {
		text string
		into any
	}{{removed, &f.Removed}, {notes, &f.Notes}, {alt, &f.Alt}} {
		if err := unmarshal(part.text, part.into); err != nil {
			return f, fmt.Errorf("read the file %s: %w", f.ID, err)
		}
	}
	if refusal != "" {
		if f.Refusal, err = unmarshalRefusal(refusal); err != nil {
			return f, fmt.Errorf("read why the file %s was refused: %w", f.ID, err)
		}
	}
	if f.raw.SHA256, err = sumOf(raw); err != nil {
		return f, err
	}
	if raw == "" {
		f.raw = blob.Ref{}
	}
	f.Original.SHA256, err = sumOf(sum)
	return f, err
}

// unmarshal reads JSON that this package wrote; numbers stay as they are written.
func unmarshal(text string, into any) error {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	return d.Decode(into)
}

// refusal is how a fault stands in the database.
type refusal struct {
	Kind fault.Kind     `json:"kind"`
	Key  string         `json:"key"`
	What string         `json:"what"`
	Cure string         `json:"cure"`
	Args map[string]any `json:"args,omitempty"`
}

func marshalRefusal(f *fault.Error) (string, error) {
	return marshal(refusal{f.Kind, f.Key, f.What, f.Cure, f.Args})
}

func unmarshalRefusal(text string) (*fault.Error, error) {
	var r refusal
	if err := unmarshal(text, &r); err != nil {
		return nil, err
	}
	return &fault.Error{Kind: r.Kind, Key: r.Key, What: r.What, Cure: r.Cure, Args: r.Args}, nil
}

func marshal(v any) (string, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return strings.TrimSpace(b.String()), err
}

func sumOf(text string) (s blob.Sum, err error) {
	if text == "" {
		return s, nil
	}
	return blob.ParseSum(text)
}

func number(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (f *Files) selectFile(ctx context.Context, q db.Querier, id string, r reader) (*File, error) {
	file, err := scanFile(q.QueryRow(ctx, "SELECT "+columns+" FROM upload u WHERE "+visible()+" AND u.id = $5 ORDER BY u.id LIMIT 1", r.account, r.account, r.day, r.day, id))
	if err != nil {
		return nil, err
	}
	file.Pictures, err = db.Collect(ctx, q, func(rows *db.Rows) (Copy, error) {
		_, c, err := scanCopy(rows)
		return c, err
	}, "SELECT upload, width, height, mime, sum, size FROM upload_copy WHERE upload = $1 ORDER BY width DESC LIMIT 10", id)
	return &file, err
}

func scanCopy(rows *db.Rows) (id string, c Copy, err error) {
	var sum string
	if err = rows.Scan(&id, &c.Width, &c.Height, &c.MIME, &sum, &c.Size); err == nil {
		c.SHA256, err = sumOf(sum)
	}
	return id, c, err
}

func (f *Files) selectFiles(ctx context.Context, q db.Querier, partnership string, r reader) ([]File, error) {
	all, err := db.Collect(ctx, q, func(rows *db.Rows) (File, error) { return scanFile(rows) },
		"SELECT "+columns+" FROM upload u WHERE "+visible()+" AND u.partnership = $5 ORDER BY u.created DESC, u.id LIMIT $6",
		r.account, r.account, r.day, r.day, partnership, mostListed)
	if err != nil {
		return nil, err
	}
	at := map[string]int{}
	for i := range all {
		at[all[i].ID] = i
	}
	_, err = db.Collect(ctx, q, func(rows *db.Rows) (struct{}, error) {
		id, c, err := scanCopy(rows)
		if i, ok := at[id]; ok {
			all[i].Pictures = append(all[i].Pictures, c)
		}
		return struct{}{}, err
	}, `SELECT c.upload, c.width, c.height, c.mime, c.sum, c.size FROM upload_copy c JOIN upload u ON u.id = c.upload
		WHERE u.partnership = $1 AND u.gone = '' ORDER BY c.upload, c.width DESC LIMIT $2`, partnership, 10*mostListed)
	return all, err
}

func selectRoom(ctx context.Context, q db.Querier, partnership string) (n int64, err error) {
	err = q.QueryRow(ctx, "SELECT COALESCE(CAST(SUM(room) AS BIGINT), 0) FROM upload WHERE partnership = $1 ORDER BY 1 LIMIT 1", partnership).Scan(&n)
	return n, err
}

func countReferences(ctx context.Context, q db.Querier, sum string) (n int, err error) {
	err = q.QueryRow(ctx, `SELECT (SELECT count(*) FROM upload WHERE sum = $1) + (SELECT count(*) FROM upload WHERE raw = $2)
		+ (SELECT count(*) FROM upload_copy WHERE sum = $3) ORDER BY 1 LIMIT 1`, sum, sum, sum).Scan(&n)
	return n, err
}

func insertFile(ctx context.Context, tx *db.Tx, f *File) error {
	_, err := tx.Exec(ctx, `INSERT INTO upload (id, partnership, region, owner, name, kind, mime, state, progress, refusal, raw, raw_size, sum, size, room,
			width, height, taken, taken_zone, removed, notes, alt, credit, public, created, gone, gone_by)
		VALUES ($1, $2, $3, $4, $5, '', '', $6, 0, '', $7, $8, '', 0, $9, 0, 0, '', 0, '[]', '[]', '{}', '', 0, $10, '', '')`,
		f.ID, f.Partnership, string(f.Region), f.Owner, f.Name, string(f.State), f.raw.SHA256.String(), f.raw.Size, f.raw.Size, written(f.Created))
	return err
}

func insertCopy(ctx context.Context, tx *db.Tx, id string, c Copy) error {
	_, err := tx.Exec(ctx, "INSERT INTO upload_copy (upload, width, height, mime, sum, size) VALUES ($1, $2, $3, $4, $5, $6)",
		id, c.Width, c.Height, c.MIME, c.SHA256.String(), c.Size)
	return err
}

// unfinished is the condition under which a job may still write about a file.
const unfinished = "gone = '' AND state IN ('waiting', 'working')"

func begin(ctx context.Context, tx *db.Tx, id string) error {
	_, err := tx.Exec(ctx, "UPDATE upload SET state = 'working', progress = 0 WHERE id = $1 AND "+unfinished, id)
	return err
}

func updateProgress(ctx context.Context, tx *db.Tx, id string, percent int) error {
	_, err := tx.Exec(ctx, "UPDATE upload SET progress = $1 WHERE id = $2 AND "+unfinished, percent, id)
	return err
}

func updateFinished(ctx context.Context, tx *db.Tx, f *File) error {
	removed, err := marshal(append([]media.Trace{}, f.Removed...))
	if err != nil {
		return err
	}
	notes, err := marshal(append([]media.Note{}, f.Notes...))
	if err != nil {
		return err
	}
	room := f.Original.Size
	for _, c := range f.Pictures {
		room += c.Size
	}
	_, err = tx.Exec(ctx, `UPDATE upload SET name = $1, kind = $2, mime = $3, state = 'ready', progress = 100, raw = '', raw_size = 0, sum = $4, size = $5,
			room = $6, width = $7, height = $8, taken = $9, taken_zone = $10, removed = $11, notes = $12
		WHERE id = $13 AND `+unfinished,
		f.Name, string(f.Kind), f.Original.MIME, f.Original.SHA256.String(), f.Original.Size, room, f.Original.Width, f.Original.Height,
		written(f.TakenAt), number(f.TakenZone), removed, notes, f.ID)
	return err
}

func updateRefused(ctx context.Context, tx *db.Tx, id, why string) error {
	_, err := tx.Exec(ctx, "UPDATE upload SET state = 'refused', refusal = $1, raw = '', raw_size = 0, room = 0 WHERE id = $2 AND "+unfinished, why, id)
	return err
}

// refuseOld refuses what was added before a time and is not finished.
func refuseOld(ctx context.Context, tx *db.Tx, why, before string) (int64, error) {
	return tx.Exec(ctx, "UPDATE upload SET state = 'refused', refusal = $1, raw = '', raw_size = 0, room = 0 WHERE created < $2 AND "+unfinished, why, before)
}

func deleteRefused(ctx context.Context, tx *db.Tx, before string) (int64, error) {
	return tx.Exec(ctx, "DELETE FROM upload WHERE state = 'refused' AND created < $1", before)
}

func deleteRefusedOf(ctx context.Context, tx *db.Tx, account string) error {
	_, err := tx.Exec(ctx, "DELETE FROM upload WHERE state = 'refused' AND owner = $1", account)
	return err
}

func updateDescription(ctx context.Context, tx *db.Tx, f *File) error {
	alt, err := marshal(f.Alt)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, "UPDATE upload SET alt = $1, credit = $2, public = $3 WHERE id = $4", alt, f.Credit, number(f.Public), f.ID)
	return err
}

func deleteCopies(ctx context.Context, tx *db.Tx, id string) error {
	_, err := tx.Exec(ctx, "DELETE FROM upload_copy WHERE upload = $1", id)
	return err
}

// bury leaves of a file its name, who added and who removed it, and when.
func bury(ctx context.Context, tx *db.Tx, id, by, at string) error {
	_, err := tx.Exec(ctx, `UPDATE upload SET raw = '', raw_size = 0, sum = '', room = 0, public = 0, removed = '[]', notes = '[]', alt = '{}', gone = $1, gone_by = $2
		WHERE id = $3 AND gone = ''`, at, by, id)
	return err
}

func selectHeld(ctx context.Context, q db.Querier, account string) ([]held, error) {
	return db.Collect(ctx, q, func(rows *db.Rows) (h held, err error) {
		var public int
		var created, gone string
		err = rows.Scan(&h.ID, &h.Partnership, &h.Name, &h.Kind, &h.Size, &h.Credit, &public, &created, &gone)
		h.Public, h.Created, h.Removed = public == 1, read(created), read(gone)
		return h, err
	}, "SELECT id, partnership, name, kind, size, credit, public, created, gone FROM upload WHERE owner = $1 ORDER BY created, id LIMIT $2", account, mostListed)
}
