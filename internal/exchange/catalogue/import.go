package catalogue

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"peerscape/internal/fault"
	"peerscape/internal/machinery/db"
	"peerscape/internal/nuts"
	"peerscape/internal/stats"
)

// ImportOptions say what the source does not say of itself.
type ImportOptions struct {
	Dataset   string // in place of the header's code
	Title     string // in place of the header's title
	File      string // name of the file or address, for people
	SHA256    string // of the file, in hexadecimal; empty where not known
	Link      string // the publisher's page; what was known stays where empty
	Publisher string
	Licence   string
	Retrieved time.Time    // when the file was fetched; zero where not known
	Updated   time.Time    // in place of the header's
	NUTS      nuts.Version // main version of the region codes; 0 detects it
	Partial   bool         // the source holds a part of the dataset: not every code must occur

	Hold     int                      // bytes of packed series held in memory before they are written out; 0: 24 MiB
	Progress func(series, values int) // called now and then; may be nil
	Check    func(*Structure) error   // refuses a dataset before anything is kept; may be nil
}

// Imported says what an import did.
type Imported struct {
	Vintage   Vintage // as stored; where Unchanged, the one that was there
	Unchanged bool    // the same figures were there already: nothing was written
	Structure Structure
}

// errUnchanged undoes a transaction that would repeat what is there.
var errUnchanged = errors.New("the figures are there already")

// Import keeps a dataset as a new vintage: all of it, or nothing. It reads the
// source to its end first, if it is not huge, and locks the database only to
// write.
//
// The newest vintage is the current one, by the publisher's update, else the
// retrieval; an older file that is imported later stays behind it. Figures that
// are there already, in a vintage of the same file or in a neighbour, are
// reported as Unchanged. Codes of regions are stored as Eurostat writes them.
//
// Errors of the source come back as they are. It is a fault of kind Invalid if
// the dataset has no name or no figures, or says two things of one figure;
// TooLarge if a limit is met.
func (c *Catalogue) Import(ctx context.Context, src stats.Source, o ImportOptions) (_ *Imported, err error) {
	h := src.Header()
	o.Dataset = strings.ToLower(strings.TrimSpace(cmp.Or(o.Dataset, h.Dataset)))
	if o.Dataset == "" || !storable(o.Dataset) {
		return nil, fault.New(fault.Invalid, "catalogue.nameless", "the file does not say which dataset it is").In(o.File, 0).
			Do("Name the dataset, for example nama_10r_3gdp")
	}
	defer fault.Wrap(&err, "import %s", o.Dataset)
	if v, ok, err := c.sameFile(ctx, o); ok || err != nil {
		return c.unchanged(ctx, v, err)
	}
	im := &importing{Catalogue: c, o: o, in: newIntake(src, o.File, cmp.Or(o.Hold, heldBytes))}
	done, err := im.in.fill(ctx, o.Progress)
	if err != nil {
		return nil, err
	}
	err = c.store.WriteAlone(ctx, func(tx *db.Tx) error { return im.write(ctx, tx, done) })
	if errors.Is(err, errUnchanged) {
		return c.unchanged(ctx, im.vintage, nil)
	}
	if err != nil {
		return nil, err
	}
	if o.Progress != nil {
		o.Progress(im.vintage.Series, im.vintage.Values)
	}
	return &Imported{Vintage: im.vintage, Structure: im.structure}, nil
}

// sameFile finds the vintage that was made from the same file.
func (c *Catalogue) sameFile(ctx context.Context, o ImportOptions) (Vintage, bool, error) {
	if o.SHA256 == "" {
		return Vintage{}, false, nil
	}
	all, err := selectVintages(ctx, c.store.Read(), o.Dataset)
	i := slices.IndexFunc(all, func(v Vintage) bool {
		return v.SHA256 == o.SHA256 && (o.NUTS == 0 || o.NUTS == v.NUTS)
	})
	if i < 0 || err != nil {
		return Vintage{}, false, err
	}
	return all[i], true, nil
}

func (c *Catalogue) unchanged(ctx context.Context, v Vintage, err error) (*Imported, error) {
	if err != nil {
		return nil, err
	}
	s, err := selectStructure(ctx, c.store.Read(), v.ID)
	return &Imported{Vintage: v, Unchanged: true, Structure: s}, err
}

// importing is one call of Import.
type importing struct {
	*Catalogue
	o  ImportOptions
	in *intake

	vintage   Vintage
	structure Structure
	regions   []importedRegion
}

// importedRegion is a code of the region dimension and what it was found to be.
type importedRegion struct {
	regionOf
	label string
}

// write is the transaction. done says that the source was read to its end.
func (im *importing) write(ctx context.Context, tx *db.Tx, done bool) error {
	if err := tx.Lock(ctx, "catalogue.import"); err != nil {
		return err
	}
	base, err := selectLastSeries(ctx, tx)
	if err != nil {
		return err
	}
	into := newSeriesTable(tx, base)
	for !done {
		if err := im.in.flush(ctx, into); err != nil {
			return err
		}
		if done, err = im.in.fill(ctx, im.o.Progress); err != nil {
			return err
		}
	}
	if len(im.in.regions) == 0 {
		return fault.New(fault.Invalid, "catalogue.empty", "the file holds no figures").In(im.o.File, 0).
			Do("Check the query or the filter that it was made with")
	}
	im.describe()
	if err := im.checkFilters(im.o.Dataset, &im.structure, im.o.Partial); err != nil {
		return err
	}
	if im.o.Check != nil {
		if err := im.o.Check(&im.structure); err != nil {
			return err
		}
	}
	if err := im.in.flush(ctx, into); err != nil {
		return err
	}
	return im.record(ctx, tx, base)
}

// record writes the vintage and its dictionaries.
func (im *importing) record(ctx context.Context, tx *db.Tx, base int64) error {
	im.vintage.Series, im.vintage.Values = im.in.series, im.in.values
	content := im.in.content()
	all, err := selectVintages(ctx, tx, im.o.Dataset)
	if err != nil {
		return err
	}
	if same, err := im.neighbour(ctx, tx, all, content); err != nil || same != nil {
		if same != nil {
			im.vintage = *same
			return errUnchanged
		}
		return err
	}
	im.vintage.Current = len(all) == 0 || !im.vintage.date().Before(all[0].date())
	if err := im.recordDataset(ctx, tx); err != nil {
		return err
	}
	if im.vintage.ID, err = insertVintage(ctx, tx, &im.vintage, &im.structure, content, base+im.in.ids); err != nil {
		return err
	}
	if err := insertSlices(ctx, tx, im.vintage.ID, base, im.in.order); err != nil {
		return err
	}
	return insertRegions(ctx, tx, im.vintage.ID, im.regions)
}

// neighbour returns the vintage before or after the new one in time if it holds
// the same figures for the same version of regions.
func (im *importing) neighbour(ctx context.Context, tx *db.Tx, all []Vintage, content string) (*Vintage, error) {
	at := 0 // of the newest vintage that is not newer
	for at < len(all) && all[at].date().After(im.vintage.date()) {
		at++
	}
	for i := max(0, at-1); i < min(len(all), at+1); i++ {
		there, err := selectContent(ctx, tx, all[i].ID)
		if err != nil {
			return nil, err
		}
		if there == content && all[i].NUTS == im.vintage.NUTS {
			return &all[i], nil
		}
	}
	return nil, nil
}

// recordDataset makes the dataset, or tells it what a newer vintage says of it.
func (im *importing) recordDataset(ctx context.Context, tx *db.Tx) error {
	h := im.in.source.Header()
	d := Dataset{
		Code: im.o.Dataset, Title: clean(cmp.Or(im.o.Title, h.Title)),
		Publisher: clean(im.o.Publisher), Licence: clean(im.o.Licence), Link: clean(im.o.Link),
	}
	return upsertDataset(ctx, tx, &d, im.vintage.Current)
}

// clean makes s text that both databases keep.
func clean(s string) string {
	return strings.ToValidUTF8(strings.ReplaceAll(strings.TrimSpace(s), "\x00", ""), "�")
}

// describe resolves the codes of regions and says what the dataset is made of.
func (im *importing) describe() {
	h, in := im.in.source.Header(), im.in
	main, mix := im.nomenclature.Detect(in.regions)
	if im.o.NUTS != 0 {
		main = im.o.NUTS
	}
	cover := Coverage{First: in.from, Last: in.to, Mix: mix, Unknown: []string{}}
	for number, code := range in.regions {
		id, kind := im.nomenclature.Resolve(code, main)
		r := importedRegion{regionOf: regionOf{id, kind, int64(number)}}
		switch kind {
		case nuts.Territorial:
			if region, ok := im.nomenclature.Region(id); ok {
				cover.Levels[region.Level]++
			}
		case nuts.Unknown:
			r.label = clean(h.Labels[h.RegionDimension][string(code)])
			if h.RegionDimension != "" && !urban(string(code)) {
				cover.Unknown = append(cover.Unknown, string(code))
			}
		}
		if kind != nuts.Territorial {
			r.Version = 0
		}
		im.regions = append(im.regions, r)
	}
	slices.Sort(cover.Unknown)
	im.structure = Structure{Dimensions: in.dimensions(), RegionDimension: h.RegionDimension, Coverage: cover}
	updated, imported := im.o.Updated, im.now()
	if updated.IsZero() {
		updated = h.Updated
	}
	im.vintage = Vintage{
		Dataset: im.o.Dataset, Updated: second(updated), Retrieved: second(im.o.Retrieved), Imported: second(imported),
		File: clean(im.o.File), SHA256: strings.ToLower(im.o.SHA256), Format: h.Format, NUTS: main,
	}
	im.vintage.Label = im.vintage.date().Format(time.DateOnly)
	im.vintage.Notes = im.notes(h.Notes)
}

// second is t as it is stored: UTC, to the second.
func second(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return t.UTC().Truncate(time.Second)
}

// urban reports whether code is Eurostat's for a city (AT001C), greater city
// (UK001K2), functional area (AT001F, AT001L3) or metropolitan region (AT001M,
// DE_NM).
func urban(code string) bool {
	if len(code) < 5 || !letters(code[:2]) {
		return false
	}
	if strings.HasSuffix(code, "_NM") {
		return len(code) == 5
	}
	if len(code) < 6 || len(code) > 7 || strings.Trim(code[2:5], "0123456789") != "" {
		return false
	}
	return strings.IndexByte("CKLFM", code[5]) >= 0 && strings.Trim(code[6:], "0123456789CF") == ""
}

func letters(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r < 'A' || r > 'Z' }) < 0
}

// notes are the source's and what the import found, in English sentences.
func (im *importing) notes(source []string) []string {
	notes := append([]string{}, source...)
	if im.in.renamed {
		notes = append(notes, "Codes of Greece and the United Kingdom that begin with GR and GB are stored as EL and UK.")
	}
	if others := im.otherVersions(); others != "" {
		notes = append(notes, fmt.Sprintf("Codes are read as NUTS %d where it has them. Codes of other versions alone occur: %s.", im.vintage.NUTS, others))
	}
	if unknown := im.structure.Coverage.Unknown; len(unknown) > 0 {
		shown := unknown[:min(len(unknown), 20)]
		more := ""
		if n := len(unknown) - len(shown); n > 0 {
			more = fmt.Sprintf(" and %d more", n)
		}
		notes = append(notes, fmt.Sprintf("Kept, but in no list of regions from NUTS %d on: %s%s.", nuts.Versions[0], strings.Join(shown, ", "), more))
	}
	return notes
}

// otherVersions lists the versions that some codes belong to alone, beside the
// main one, with how many: "2013 (2), 2016 (7)".
func (im *importing) otherVersions() string {
	var parts []string
	for _, v := range nuts.Versions {
		if n := im.structure.Coverage.Mix[v]; n > 0 && v != im.vintage.NUTS {
			parts = append(parts, fmt.Sprintf("%d (%d)", v, n))
		}
	}
	return strings.Join(parts, ", ")
}
