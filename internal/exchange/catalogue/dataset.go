package catalogue

import (
	"context"
	"slices"
	"strings"
	"time"

	"peerscape/internal/fault"
	"peerscape/internal/nuts"
	"peerscape/internal/stats"
)

// Dataset is a dataset with the vintages that were imported.
type Dataset struct {
	Code      string // lower case: nama_10r_3gdp
	Title     string
	Publisher string
	Licence   string
	Link      string
	Structure Structure // of the current vintage
	Vintages  []Vintage // newest first; the first is the current one
}

// Current returns the current vintage.
func (d *Dataset) Current() *Vintage { return &d.Vintages[0] }

// Structure is what a vintage is made of: its dimensions with the codes that
// occur, and what its figures cover.
type Structure struct {
	Dimensions      []Dimension `json:"dimensions"` // in the order of a key, without region and time
	RegionDimension string      `json:"regionDimension"`
	Coverage        Coverage    `json:"coverage"`
}

// Dimension is one dimension of a dataset.
type Dimension struct {
	ID     string            `json:"id"`
	Codes  []string          `json:"codes"`            // those that occur, sorted
	Labels map[string]string `json:"labels,omitempty"` // by code, where the source carries labels
}

// Has reports whether the code occurs.
func (d Dimension) Has(code string) bool {
	_, ok := slices.BinarySearch(d.Codes, code)
	return ok
}

// IDs returns the ids of the dimensions in the order of a key.
func (s *Structure) IDs() []string {
	ids := make([]string, len(s.Dimensions))
	for i, d := range s.Dimensions {
		ids[i] = d.ID
	}
	return ids
}

// Coverage says which time and which regions a vintage has figures for.
type Coverage struct {
	First   stats.Period         `json:"first"`
	Last    stats.Period         `json:"last"`
	Levels  [4]int               `json:"levels"`  // regions by NUTS level
	Mix     map[nuts.Version]int `json:"mix"`     // codes that occur in that version alone
	Unknown []string             `json:"unknown"` // codes that are neither region, group of countries, extra-regio, city nor metro; sorted
}

// Datasets returns every dataset, by code, without structures.
func (c *Catalogue) Datasets(ctx context.Context) ([]Dataset, error) {
	all, err := selectDatasets(ctx, c.store.Read(), "")
	fault.Wrap(&err, "list the datasets")
	return all, err
}

// Dataset returns one dataset. An unknown code is a fault of kind Missing.
func (c *Catalogue) Dataset(ctx context.Context, code string) (_ *Dataset, err error) {
	code = strings.ToLower(code)
	defer fault.Wrap(&err, "read the dataset %s", code)
	all, err := selectDatasets(ctx, c.store.Read(), code)
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return nil, unknownDataset(code)
	}
	d := &all[0]
	d.Structure, err = selectStructure(ctx, c.store.Read(), d.Current().ID)
	return d, err
}

// CurrentVintage returns the newest vintage of a dataset. An unknown code is a
// fault of kind Missing.
func (c *Catalogue) CurrentVintage(ctx context.Context, dataset string) (_ *Vintage, err error) {
	all, err := selectVintages(ctx, c.store.Read(), dataset)
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return nil, unknownDataset(dataset)
	}
	return &all[0], nil
}

func unknownDataset(code string) error {
	return fault.New(fault.Missing, "catalogue.dataset", "no dataset %q was imported", code).
		Do("List the datasets, or import it").With("dataset", code)
}

// date is what orders the vintages of a dataset: the publisher's update, else
// the retrieval.
func (v *Vintage) date() time.Time {
	if !v.Updated.IsZero() {
		return v.Updated
	}
	if !v.Retrieved.IsZero() {
		return v.Retrieved
	}
	return v.Imported
}

// newestFirst sorts the vintages of one dataset and marks the current one. Of
// two with the same date the one that was imported later is newer.
func newestFirst(all []Vintage) {
	slices.SortFunc(all, func(a, b Vintage) int {
		if by := b.date().Compare(a.date()); by != 0 {
			return by
		}
		return int(b.ID - a.ID)
	})
	for i := range all {
		all[i].Current = i == 0
	}
}
