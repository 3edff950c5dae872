package catalogue

import (
	"context"
	"database/sql"
	"encoding/json"
	"time"

	"peerscape/internal/machinery/db"
)

// mostDatasets and mostVintages bound what is listed.
const (
	mostDatasets = 10_000
	mostVintages = 100_000
)

// selectDatasets returns the datasets with their vintages, or only the one with
// the code. A dataset has at least one vintage.
func selectDatasets(ctx context.Context, q db.Querier, code string) ([]Dataset, error) {
	rows, err := q.Query(ctx, `
		SELECT code, title, publisher, licence, link FROM dataset
		WHERE code >= $1 AND code <= $2 ORDER BY code LIMIT $3`, code, upTo(code), mostDatasets)
	if err != nil {
		return nil, err
	}
	var all []Dataset
	for rows.Next() {
		var d Dataset
		if err := rows.Scan(&d.Code, &d.Title, &d.Publisher, &d.Licence, &d.Link); err != nil {
			return nil, closing(rows, err)
		}
		all = append(all, d)
	}
	if err := closing(rows, rows.Err()); err != nil {
		return nil, err
	}
	vintages, err := selectVintages(ctx, q, code)
	if err != nil {
		return nil, err
	}
	for i := range all {
		for _, v := range vintages {
			if v.Dataset == all[i].Code {
				all[i].Vintages = append(all[i].Vintages, v)
			}
		}
	}
	return all, nil
}

// selectVintages returns the vintages of a dataset, or of all where the code is
// empty, newest first within each dataset.
func selectVintages(ctx context.Context, q db.Querier, dataset string) ([]Vintage, error) {
	rows, err := q.Query(ctx, `
		SELECT id, dataset, label, updated, retrieved, imported, file, sha256, format, nuts, series, figures, notes
		FROM vintage WHERE dataset >= $1 AND dataset <= $2 ORDER BY dataset, id LIMIT $3`, dataset, upTo(dataset), mostVintages)
	if err != nil {
		return nil, err
	}
	var all []Vintage
	for rows.Next() {
		var v Vintage
		var updated, retrieved, imported, notes string
		err := rows.Scan(&v.ID, &v.Dataset, &v.Label, &updated, &retrieved, &imported,
			&v.File, &v.SHA256, &v.Format, &v.NUTS, &v.Series, &v.Values, &notes)
		if err == nil {
			err = json.Unmarshal([]byte(notes), &v.Notes)
		}
		if err != nil {
			return nil, closing(rows, err)
		}
		v.Updated, v.Retrieved, v.Imported = instant(updated), instant(retrieved), instant(imported)
		all = append(all, v)
	}
	if err := closing(rows, rows.Err()); err != nil {
		return nil, err
	}
	for i := 0; i < len(all); {
		j := i
		for j < len(all) && all[j].Dataset == all[i].Dataset {
			j++
		}
		newestFirst(all[i:j])
		i = j
	}
	return all, nil
}

// selectKeys returns the stored keys of a vintage's slices.
func selectKeys(ctx context.Context, q db.Querier, vintage int64) ([]string, error) {
	rows, err := q.Query(ctx, `SELECT DISTINCT codes FROM slice WHERE vintage = $1 ORDER BY codes LIMIT $2`, vintage, mostSlices)
	if err != nil {
		return nil, err
	}
	var all []string
	for rows.Next() {
		var codes string
		if err := rows.Scan(&codes); err != nil {
			return nil, closing(rows, err)
		}
		all = append(all, codes)
	}
	return all, closing(rows, rows.Err())
}

// upTo is the end of a range of codes that begins with code: code itself, or
// the end of all where it is empty. A range, unlike a condition that may be
// left out, is found by the index.
func upTo(code string) string {
	if code == "" {
		return "\U0010ffff"
	}
	return code
}

func selectStructure(ctx context.Context, q db.Querier, vintage int64) (s Structure, err error) {
	var text []byte
	if err = q.QueryRow(ctx, `SELECT structure FROM vintage WHERE id = $1`, vintage).Scan(&text); err != nil {
		return s, err
	}
	return s, json.Unmarshal(text, &s)
}

// selectRegions returns the codes of a vintage's region dimension.
func selectRegions(ctx context.Context, q db.Querier, vintage int64) ([]regionOf, error) {
	rows, err := q.Query(ctx, `
		SELECT code, number, nuts, kind FROM vintage_region
		WHERE vintage = $1 ORDER BY code LIMIT $2`, vintage, mostRegions)
	if err != nil {
		return nil, err
	}
	var all []regionOf
	for rows.Next() {
		var r regionOf
		if err := rows.Scan(&r.Code, &r.number, &r.Version, &r.kind); err != nil {
			return nil, closing(rows, err)
		}
		all = append(all, r)
	}
	return all, closing(rows, rows.Err())
}

// selectSeries returns one packed series.
func selectSeries(ctx context.Context, q db.Querier, vintage int64, codes string, number int64) (body []byte, err error) {
	err = q.QueryRow(ctx, `
		SELECT series.body FROM slice JOIN series ON series.id = slice.first + $1
		WHERE slice.vintage = $2 AND slice.codes = $3 AND slice.block = $4`,
		number%blockSize, vintage, codes, number/blockSize).Scan(&body)
	return body, err
}

// selectSlice returns the packed series of a slice by the region's number.
func selectSlice(ctx context.Context, q db.Querier, vintage int64, codes string) (*sliceBodies, error) {
	rows, err := q.Query(ctx, `
		SELECT slice.block * $1 + series.id - slice.first, series.body
		FROM slice JOIN series ON series.id >= slice.first AND series.id < slice.first + $1
		WHERE slice.vintage = $2 AND slice.codes = $3
		ORDER BY series.id LIMIT $4`, blockSize, vintage, codes, mostRegions)
	if err != nil {
		return nil, err
	}
	all := &sliceBodies{}
	var number int64
	var body sql.RawBytes // the driver's memory, until the next row
	for rows.Next() {
		if err := rows.Scan(&number, &body); err != nil {
			return nil, closing(rows, err)
		}
		all.add(number, body)
	}
	return all, closing(rows, rows.Err())
}

// closing closes rows and returns the first error.
func closing(rows *db.Rows, err error) error {
	if e := rows.Close(); err == nil {
		err = e
	}
	return err
}

// selectLastSeries returns the number from which series numbers are free.
func selectLastSeries(ctx context.Context, q db.Querier) (last int64, err error) {
	err = q.QueryRow(ctx, `SELECT coalesce(max(last), 0) FROM vintage`).Scan(&last)
	return last, err
}

func selectContent(ctx context.Context, q db.Querier, vintage int64) (content string, err error) {
	err = q.QueryRow(ctx, `SELECT content FROM vintage WHERE id = $1`, vintage).Scan(&content)
	return content, err
}

// upsertDataset keeps what is known where the new word is empty, and everything
// where the vintage is not the current one.
func upsertDataset(ctx context.Context, tx *db.Tx, d *Dataset, current bool) error {
	query := `
		INSERT INTO dataset (code, title, publisher, licence, link) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (code) DO UPDATE SET
			title     = coalesce(nullif(excluded.title, ''), dataset.title),
			publisher = coalesce(nullif(excluded.publisher, ''), dataset.publisher),
			licence   = coalesce(nullif(excluded.licence, ''), dataset.licence),
			link      = coalesce(nullif(excluded.link, ''), dataset.link)`
	if !current {
		query = `
			INSERT INTO dataset (code, title, publisher, licence, link) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (code) DO NOTHING`
	}
	_, err := tx.Exec(ctx, query, d.Code, d.Title, d.Publisher, d.Licence, d.Link)
	return err
}

// insertVintage returns the new vintage's id.
func insertVintage(ctx context.Context, tx *db.Tx, v *Vintage, s *Structure, content string, last int64) (id int64, err error) {
	structure, err := json.Marshal(s)
	if err != nil {
		return 0, err
	}
	notes, err := json.Marshal(v.Notes)
	if err != nil {
		return 0, err
	}
	err = tx.QueryRow(ctx, `
		INSERT INTO vintage (dataset, label, updated, retrieved, imported, file, sha256, content, format,
			nuts, series, figures, last, notes, structure)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) RETURNING id`,
		v.Dataset, v.Label, instantText(v.Updated), instantText(v.Retrieved), instantText(v.Imported),
		v.File, v.SHA256, content, v.Format, int(v.NUTS), v.Series, v.Values, last, string(notes), string(structure)).Scan(&id)
	return id, err
}

func insertSlices(ctx context.Context, tx *db.Tx, vintage, base int64, all []*slice) error {
	b := tx.Bulk("slice", "vintage", "codes", "block", "first")
	for _, s := range all {
		for block, first := range s.first {
			if first < 0 {
				continue
			}
			if err := b.Add(ctx, vintage, s.codes, block, base+first); err != nil {
				return err
			}
		}
	}
	return b.Flush(ctx)
}

func insertRegions(ctx context.Context, tx *db.Tx, vintage int64, all []importedRegion) error {
	b := tx.Bulk("vintage_region", "vintage", "code", "number", "nuts", "kind", "label")
	for _, r := range all {
		if err := b.Add(ctx, vintage, string(r.Code), r.number, int(r.Version), int(r.kind), r.label); err != nil {
			return err
		}
	}
	return b.Flush(ctx)
}

// seriesTable writes the series of one dataset. Its ids count from 0.
type seriesTable struct {
	tx   *db.Tx
	base int64
	rows *db.Bulk
}

func newSeriesTable(tx *db.Tx, base int64) *seriesTable {
	return &seriesTable{tx, base, tx.Bulk("series", "id", "body")}
}

// between returns the packed series from one id to another.
func (t *seriesTable) between(ctx context.Context, from, to int64) (map[int64][]byte, error) {
	if err := t.finish(ctx); err != nil {
		return nil, err
	}
	rows, err := t.tx.Query(ctx, `SELECT id, body FROM series WHERE id >= $1 AND id <= $2 ORDER BY id LIMIT $3`,
		t.base+from, t.base+to, to-from+1)
	if err != nil {
		return nil, err
	}
	all := make(map[int64][]byte)
	for rows.Next() {
		var id int64
		var body []byte
		if err := rows.Scan(&id, &body); err != nil {
			return nil, closing(rows, err)
		}
		all[id-t.base] = body
	}
	return all, closing(rows, rows.Err())
}

// put writes one series, in place of the one that is there if replace is set.
// body must stay as it is until finish.
func (t *seriesTable) put(ctx context.Context, id int64, body []byte, replace bool) error {
	if replace {
		_, err := t.tx.Exec(ctx, `UPDATE series SET body = $1 WHERE id = $2`, body, t.base+id)
		return err
	}
	return t.rows.Add(ctx, t.base+id, body)
}

func (t *seriesTable) finish(ctx context.Context) error { return t.rows.Flush(ctx) }

const instantLayout = time.RFC3339

// instant reads a stored time; the zero time where there is none.
func instant(s string) time.Time {
	t, err := time.Parse(instantLayout, s)
	if err != nil {
		return time.Time{}
	}
	return t
}

func instantText(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(instantLayout)
}

// newestVintage returns the id of the vintage that was imported last, 0 where
// there is none.
func newestVintage(ctx context.Context, q db.Querier) (id int64, err error) {
	err = q.QueryRow(ctx, `SELECT COALESCE(MAX(id), 0) FROM vintage`).Scan(&id)
	return id, err
}
