package jsonstat

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"peerscape/internal/fault"
	"peerscape/internal/stats"
)

const (
	mostCells      = 5_000_000 // positions of a cube, the limit of the service itself
	mostDimensions = 100
)

// cell is the value at one position.
type cell struct {
	at    int32
	value float64
}

// document is what a JSON-stat document says, in the order in which it does:
// values come long before the dimensions that explain them.
type document struct {
	*tokens
	seen                  map[string]bool
	version, class, title string
	other                 string // what the document is if it is no JSON-stat of today
	updated               time.Time
	dataset               string
	ids                   []string
	sizes                 []int
	roles                 map[string][]string
	axes                  map[string]*axis
	empty                 map[string][]int // positions-with-no-data
	cells                 []cell
	values                int // length of the array of values; -1 where they are an object
	marks                 []mark
	all                   stats.Flags // the status of every value
	kept                  map[string]stats.Flags
	notes                 []string
	texting               int // bytes of codes and labels so far
}

// axis is one dimension.
type axis struct {
	line   int // where its codes stand
	codes  []string
	labels map[string]string
	only   string // the code of the label read last
}

func newDocument(t *tokens) *document {
	return &document{
		tokens: t, seen: make(map[string]bool), roles: make(map[string][]string), values: -1,
		axes: make(map[string]*axis), empty: make(map[string][]int), kept: make(map[string]stats.Flags),
	}
}

// foreign names other JSON by members that JSON-stat does not have.
var foreign = map[string]string{
	"dataSets": "SDMX-JSON", "meta": "SDMX-JSON", "header": "SDMX-JSON",
	"features": "GeoJSON", "arcs": "TopoJSON",
}

// read reads the whole document and refuses what is no dataset of JSON-stat 2.
func (d *document) read() error {
	if err := d.skipMark(); err != nil {
		return err
	}
	c, err := d.peek()
	switch {
	case err != nil && d.taken == 0 && d.ahead == io.EOF:
		return d.wrong("wire.empty", "the file is empty").Do("Download the file again")
	case err != nil:
		return err
	case c == '<':
		return d.wrong("wire.html", "this is a web page or an XML file, not JSON-stat").
			Do("Download the dataset as JSON-stat 2.0 or TSV and upload that file")
	case c != '{':
		return d.wrong("wire.json", "this is not a JSON-stat dataset").Do(takeDataset)
	}
	if err := d.object(d.member); err != nil {
		return err
	}
	if err := d.finish(); err != nil {
		return err
	}
	return d.judge()
}

const older = "JSON-stat from before version 2.0, which is not read"

const takeDataset = "Download the dataset as JSON-stat 2.0 or TSV and upload that file"

// judge refuses by version and class.
func (d *document) judge() error {
	switch {
	case d.version == "" && (d.other == older || d.seen["dimension"]):
		return d.wrong("wire.jsonstat-old", "this is %s", older).Do(takeDataset)
	case d.version == "" && d.other != "":
		return d.wrong("wire.json", "this is %s, which is not read", d.other).Do(takeDataset)
	case d.version == "" && d.class == "":
		return d.wrong("wire.json", "this JSON is not a JSON-stat dataset").Do(takeDataset)
	case d.version != "2" && !strings.HasPrefix(d.version, "2."):
		return d.wrong("wire.jsonstat-old", "this is JSON-stat %q, from before version 2.0", fault.Clip(d.version, 60)).Do(takeDataset)
	case d.class != "dataset":
		return d.wrong("wire.jsonstat-class", "this JSON-stat document holds a %q, not a dataset", fault.Clip(d.class, 60)).Do(takeDataset)
	}
	for _, name := range [...]string{"id", "size", "dimension", "value"} {
		if !d.seen[name] {
			return d.wrong("wire.json", "the dataset has no member %q", name).Do("Download the file again")
		}
	}
	return nil
}

// member reads one member of the document.
func (d *document) member(b []byte) (err error) {
	name := string(b)
	read, known := members[name]
	if !known {
		return d.unknown(name)
	}
	if d.seen[name] {
		return d.wrong("wire.json", "the member %q is there twice", name).Do("Download the file again")
	}
	d.seen[name] = true
	return read(d)
}

// members lists the members that are read; others are skipped.
var members = map[string]func(*document) error{
	"version": func(d *document) (err error) { d.version, err = d.versionText(); return err },
	"class":   func(d *document) (err error) { d.class, err = d.textOr(); return err },
	"label":   func(d *document) (err error) { d.title, err = d.textOr(); return err },
	"updated": (*document).readUpdated,
	"id":      func(d *document) (err error) { d.ids, err = d.texts(mostDimensions); return err },
	"size":    (*document).readSizes,
	"role":    (*document).readRoles,
	"value":   (*document).readValues,
	"status":  (*document).readStatus,
	"dimension": func(d *document) error {
		return d.object(func(name []byte) error { return d.readDimension(string(name)) })
	},
	"extension": (*document).readExtension,
	"error":     func(d *document) error { return d.notice("error") },
	"warning":   func(d *document) error { return d.notice("warning") },
}

// unknown skips a member and learns from it what the document may be.
func (d *document) unknown(name string) error {
	if what, ok := foreign[name]; ok && d.other == "" {
		d.other = what
	}
	if c, err := d.peek(); err != nil || c != '{' {
		if err != nil {
			return err
		}
		return d.skip()
	}
	return d.object(func(inner []byte) error {
		if string(inner) == "dimension" || string(inner) == "value" {
			d.other = older
		}
		return d.skip()
	})
}

// versionText reads the version, which may be a number.
func (d *document) versionText() (string, error) {
	if c, err := d.peek(); err != nil || c == '"' {
		if err != nil {
			return "", err
		}
		return d.textOr()
	}
	v, err := d.number()
	return strconv.FormatFloat(v, 'g', -1, 64), err
}

func (d *document) readUpdated() error {
	text, err := d.textOr()
	if err != nil || text == "" {
		return err
	}
	for _, l := range [...]string{time.RFC3339, "2006-01-02T15:04:05Z0700", "2006-01-02T15:04:05", time.DateOnly} {
		if t, err := time.Parse(l, text); err == nil {
			d.updated = t.UTC()
			return nil
		}
	}
	d.notes = append(d.notes, fmt.Sprintf("The last update %q could not be read as a date.", fault.Clip(text, 60)))
	return nil
}

func (d *document) readSizes() error {
	return d.array(func(i int) error {
		if i >= mostDimensions {
			return d.tooLarge("a list has more than %d entries", mostDimensions)
		}
		n, err := d.whole(mostCells, "a number of codes")
		d.sizes = append(d.sizes, n)
		return err
	})
}

func (d *document) readRoles() error {
	return d.object(func(b []byte) (err error) {
		name := string(b)
		if c, err := d.peek(); err != nil || c != '[' || name != "time" && name != "geo" {
			if err != nil {
				return err
			}
			return d.skip()
		}
		d.roles[name], err = d.texts(mostDimensions)
		return err
	})
}

// readValues reads the values: an object by position, or an array with nulls.
func (d *document) readValues() error {
	c, err := d.peek()
	if err != nil {
		return err
	}
	if c == '[' {
		d.values = 0
		return d.array(func(i int) error {
			d.values = i + 1
			return d.readValue(i)
		})
	}
	return d.object(func(name []byte) error {
		at, err := d.position(name)
		if err != nil {
			return err
		}
		return d.readValue(at)
	})
}

func (d *document) readValue(at int) error {
	if at >= mostCells {
		return d.tooLarge("the cube has more than %d cells", mostCells)
	}
	if c, err := d.peek(); err != nil || c == 'n' {
		if err == nil {
			_, err = d.word()
		}
		return err
	}
	v, err := d.number()
	if err == nil && len(d.cells) >= mostCells {
		err = d.tooLarge("the cube has more than %d values", mostCells)
	}
	if err == nil {
		d.cells = append(d.cells, cell{int32(at), v})
	}
	return err
}

// position reads a position that stands as text.
func (d *document) position(name []byte) (int, error) {
	at := 0
	for _, c := range name {
		if c < '0' || c > '9' || at > mostCells {
			return 0, d.notPosition(name)
		}
		at = at*10 + int(c-'0')
	}
	if len(name) == 0 {
		return 0, d.notPosition(name)
	}
	return at, nil
}

func (d *document) notPosition(name []byte) error {
	return d.wrong("wire.position", "%q is not a position in the cube", fault.Clip(string(name), 60)).
		Do("Download the file again")
}

// readExtension reads Eurostat's additions.
func (d *document) readExtension() error {
	if c, err := d.peek(); err != nil || c != '{' {
		if err == nil {
			err = d.skip()
		}
		return err
	}
	return d.object(func(name []byte) (err error) {
		switch string(name) {
		case "id":
			d.dataset, err = d.textOr()
		case "positions-with-no-data":
			err = d.readEmpty()
		default:
			err = d.skip()
		}
		return err
	})
}

// readEmpty reads which codes have no figure at all.
func (d *document) readEmpty() error {
	if c, err := d.peek(); err != nil || c != '{' {
		if err == nil {
			err = d.skip()
		}
		return err
	}
	return d.object(func(b []byte) error {
		name := string(b)
		return d.array(func(int) error {
			at, err := d.whole(mostCells, "a position")
			if err == nil {
				err = d.count(len(name) + perEntry)
			}
			d.empty[name] = append(d.empty[name], at)
			return err
		})
	})
}
