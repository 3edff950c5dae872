package cli

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"peerscape/internal/app"
	"peerscape/internal/exchange/catalogue"
	"peerscape/internal/fault"
	"peerscape/internal/nuts"
	"peerscape/internal/stats"
	"peerscape/internal/wire"
)

// importCommand imports datasets from files, or from Eurostat where the
// argument reads eurostat:CODE.
type importCommand struct {
	Sources   []string `arg:"" name:"source" help:"Files (TSV, SDMX-CSV, SDMX-ML, JSON-stat, own CSV or XLSX; gzip too), or eurostat:CODE to fetch a dataset."`
	Dataset   string   `help:"Code of the dataset, where the file does not say it."`
	Title     string   `help:"Title of the dataset."`
	Publisher string   `help:"Who publishes the figures (default Eurostat)."`
	Licence   string   `help:"Licence line (default Eurostat's)."`
	Link      string   `help:"The publisher's page of the dataset."`
	NUTS      int      `name:"nuts" default:"0" enum:"0,2013,2016,2021,2024" help:"NUTS version of the region codes; 0 finds out."`
	Partial   bool     `help:"The file holds a part of the dataset: not every code of the catalogue must occur."`
	Updated   string   `help:"Day of the publisher's last update, such as 2024-02-19; default: what the file says."`
	Map       string   `help:"Mapping of an own table: a TOML file, as --propose writes it." type:"existingfile"`
	Propose   bool     `help:"Show how an own table is understood and print the mapping to confirm; nothing is stored."`
	Filter    []string `help:"With eurostat: only these codes, such as unit=PPS_HAB_EU27_2020,EUR_HAB." sep:"none"`
	Cache     string   `env:"PEERSCAPE_CACHE" help:"Folder for downloads (default: the user's cache folder)."`
	Base      string   `hidden:"" env:"PEERSCAPE_EUROSTAT" help:"Address of the Eurostat service."`
}

// printedImport is what --json prints of an import.
type printedImport struct {
	Source    string   `json:"source"`
	Dataset   string   `json:"dataset"`
	Vintage   string   `json:"vintage"`
	Unchanged bool     `json:"unchanged"`
	Current   bool     `json:"current"`
	Series    int      `json:"series"`
	Values    int      `json:"values"`
	NUTS      int      `json:"nutsVersion"`
	Unknown   []string `json:"unknownCodes,omitempty"`
	Notes     []string `json:"notes,omitempty"`
}

// input is one dataset to import: its files, more than one where the publisher
// answered in parts, and what is known of it.
type input struct {
	name    string
	paths   []string
	options catalogue.ImportOptions
}

func (c *importCommand) Run(s *session) error {
	if c.Propose {
		return c.propose(s)
	}
	updated, err := c.updated()
	if err != nil {
		return err
	}
	a, err := s.open()
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	t := &table{columns: []column{{name: "Dataset"}, {name: "Vintage"}, {name: "Series", right: true}, {name: "Values", right: true}, {name: "NUTS", right: true}, {name: "What happened"}}}
	out := []printedImport{}
	for _, source := range c.Sources {
		in, err := c.input(s, source)
		if err != nil {
			return err
		}
		in.options.Updated = cmp.Or(updated, in.options.Updated)
		done, err := c.one(s, a, in)
		if err != nil {
			return err
		}
		out = append(out, printed(in.name, done))
		t.addImport(done)
	}
	t.value = out
	return s.print(t)
}

// addImport adds a row and its notes.
func (t *table) addImport(done *catalogue.Imported) {
	v := done.Vintage
	t.add(v.Dataset, v.Label, strconv.Itoa(v.Series), strconv.Itoa(v.Values), strconv.Itoa(int(v.NUTS)), happened(done))
	for _, note := range v.Notes {
		t.notes = append(t.notes, v.Dataset+": "+note)
	}
	if unknown := done.Structure.Coverage.Unknown; len(unknown) > 0 {
		t.notes = append(t.notes, fmt.Sprintf("%s: %d codes are no region, aggregate or extra-regio: %s", v.Dataset, len(unknown), few(unknown)))
	}
}

func (c *importCommand) updated() (time.Time, error) {
	if c.Updated == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.DateOnly, c.Updated)
	if err != nil {
		return t, fault.New(fault.Invalid, "cli.day", "%q is not a day", c.Updated).Do("Write it as 2024-02-19")
	}
	return t, nil
}

// input returns what one argument names: a file, or the files of a fetch.
func (c *importCommand) input(s *session, source string) (input, error) {
	o := catalogue.ImportOptions{
		Dataset: c.Dataset, Title: c.Title, Publisher: c.Publisher, Licence: c.Licence, Link: c.Link, NUTS: nuts.Version(c.NUTS),
		Partial: c.Partial || len(c.Filter) > 0,
	}
	if c.Map == "" && c.Publisher == "" { // a published format is Eurostat's, an own table is not
		o.Publisher, o.Licence = catalogue.Eurostat, cmp.Or(c.Licence, catalogue.EurostatLicence)
	}
	if dataset, ok := strings.CutPrefix(source, "eurostat:"); ok {
		return c.fetch(s, dataset, o)
	}
	info, err := os.Stat(source)
	if err != nil {
		return input{}, fault.New(fault.Missing, "cli.no-file", "there is no file %s", source).
			Do("Name a file, or eurostat:CODE to fetch a dataset").Because(err)
	}
	sum, err := checksum(source)
	if err != nil {
		return input{}, err
	}
	o.File, o.SHA256, o.Retrieved = filepath.Base(source), sum, info.ModTime()
	return input{name: source, paths: []string{source}, options: o}, nil
}

// one imports one dataset, in one transaction.
func (c *importCommand) one(s *session, a *app.App, in input) (*catalogue.Imported, error) {
	var open *os.File
	defer func() {
		if open != nil {
			_ = open.Close()
		}
	}()
	src, err := wire.Chain(len(in.paths), func(part int) (stats.Source, error) {
		if open != nil {
			_ = open.Close()
		}
		var err error
		if open, err = os.Open(in.paths[part]); err != nil {
			return nil, fault.New(fault.Missing, "cli.no-file", "%s cannot be read", in.paths[part]).Because(err)
		}
		if c.Map != "" {
			return openMapped(c.Map, in.paths[part], open)
		}
		return wire.Open(in.paths[part], open)
	})
	if err != nil {
		return nil, err
	}
	bar := s.progress(in.name)
	defer bar.stop()
	in.options.Progress = bar.values
	return a.Catalogue.Import(s, src, in.options)
}

func checksum(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("read %s: %w", path, err)
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", errors.Join(fault.New(fault.Invalid, "cli.unreadable", "%s cannot be read to its end", path), err)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

func printed(source string, done *catalogue.Imported) printedImport {
	v := done.Vintage
	return printedImport{
		Source: source, Dataset: v.Dataset, Vintage: v.Label, Unchanged: done.Unchanged, Current: v.Current, Series: v.Series, Values: v.Values,
		NUTS: int(v.NUTS), Unknown: done.Structure.Coverage.Unknown, Notes: v.Notes,
	}
}

func happened(done *catalogue.Imported) string {
	switch {
	case done.Unchanged:
		return "nothing: the same figures were there"
	case done.Vintage.Current:
		return "imported, now current"
	}
	return "imported as an older vintage"
}

func few(codes []string) string {
	if len(codes) > 8 {
		return strings.Join(codes[:8], ", ") + ", …"
	}
	return strings.Join(codes, ", ")
}
