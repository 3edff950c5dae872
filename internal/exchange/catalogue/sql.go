package catalogue

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"peerscape/internal/machinery/db"
	"peerscape/internal/nuts"
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
		WHERE $1 = '' OR code = $1 ORDER BY code LIMIT $2`, code, mostDatasets)
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
		FROM vintage WHERE $1 = '' OR dataset = $1 ORDER BY dataset, id LIMIT $2`, dataset, mostVintages)
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
func selectSlice(ctx context.Context, q db.Querier, vintage int64, codes string) (sliceBodies, error) {
	rows, err := q.Query(ctx, `
		SELECT slice.block * $1 + series.id - slice.first, series.body
		FROM slice JOIN series ON series.id >= slice.first AND series.id < slice.first + $1
		WHERE slice.vintage = $2 AND slice.codes = $3
		ORDER BY series.id LIMIT $4`, blockSize, vintage, codes, mostRegions)
	if err != nil {
		return nil, err
	}
	all := make(sliceBodies)
	for rows.Next() {
		var number int64
		var body []byte
		if err := rows.Scan(&number, &body); err != nil {
			return nil, closing(rows, err)
		}
		all[number] = body
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

var _ = fmt.Sprint
var _ nuts.Version

const mostRegions = 1 << 17
