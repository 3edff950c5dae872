package nuts

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"peerscape/internal/fault"
)

// ditto in a cell of regions.csv stands for the cell of the same code in the
// next newer version.
const ditto = "="

// row is one line of a table; its cells are taken by column name. The first
// cell that cannot be read is kept in err.
type row struct {
	cells   []string
	columns map[string]int
	err     error
}

func (r *row) text(column string) string {
	i, ok := r.columns[column]
	if !ok {
		r.fail(column, "is missing")
		return ""
	}
	return r.cells[i]
}

func (r *row) code(column string) Code { return Code(r.text(column)) }

// number reads an amount; an empty cell is 0, not known.
func (r *row) number(column string) float64 {
	s := r.text(column)
	if s == "" {
		return 0
	}
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		r.fail(column, fmt.Sprintf("holds %q, which is no number", s))
	}
	return v
}

func (r *row) version(column string) Version {
	v, err := strconv.Atoi(r.text(column))
	if err != nil || !Version(v).Valid() {
		r.fail(column, fmt.Sprintf("holds %q, which is no NUTS version", r.text(column)))
		return Current
	}
	return Version(v)
}

// class reads a class number, or the given value for "y".
func (r *row) class(column string, highest, yes uint8) uint8 {
	switch s := r.text(column); {
	case s == "":
		return 0
	case s == "y" && yes > 0:
		return yes
	case len(s) == 1 && s[0] >= '1' && s[0] <= '0'+highest:
		return s[0] - '0'
	default:
		r.fail(column, fmt.Sprintf("holds %q, which is no class", s))
		return 0
	}
}

func (r *row) fail(column, what string) {
	if r.err == nil {
		r.err = fmt.Errorf("column %q %s", column, what)
	}
}

// readTable calls visit for each row of a table.
func readTable(fsys fs.FS, name string, visit func(r *row) error) error {
	f, err := fsys.Open(name)
	if err != nil {
		return broken(name, 0, err)
	}
	defer func() { _ = f.Close() }()
	c := csv.NewReader(f)
	head, err := c.Read()
	if err != nil {
		return broken(name, 1, err)
	}
	r := row{columns: make(map[string]int, len(head))}
	for i, column := range head {
		r.columns[column] = i
	}
	for {
		r.cells, err = c.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil {
			err = errors.Join(visit(&r), r.err)
		}
		if err != nil {
			line, _ := c.FieldPos(0)
			return broken(name, line, err)
		}
	}
}

// broken says that a table cannot be used. The tables travel inside the binary,
// so it is the maker of the tables who reads this.
func broken(name string, line int, err error) error {
	return fault.New(fault.Internal, "nuts.broken-table", "the table of regions cannot be read: %v", err).
		In(name, line).Do("Make it again with go run ./internal/nuts/build").Because(err)
}

func (n *Nomenclature) readRegions(fsys fs.FS) error {
	newer := map[Code][]string{}
	err := readTable(fsys, "regions.csv", func(r *row) error {
		for i, cell := range r.cells {
			if cell != ditto {
				continue
			}
			above := newer[r.code("code")]
			if above == nil {
				return fmt.Errorf("%q in the first row of %s", ditto, r.text("code"))
			}
			r.cells[i] = above[i]
		}
		newer[r.code("code")] = r.cells
		region := &Region{
			ID: ID{r.code("code"), r.version("version")}, Level: int(r.number("level")),
			Parent: r.code("parent"), Country: r.code("country"), Name: r.text("name"), Native: r.text("native"),
			Urban: Urban(r.class("urban", 3, 0)), Coast: Coast(r.class("coast", 3, uint8(CoastalFlag))),
			Mountain: Mountain(r.class("mountain", 4, uint8(MountainFlag))),
			Lon:      r.number("lon"), Lat: r.number("lat"), Area: r.number("area"), Population: r.number("pop21"),
		}
		if region.Native == "" {
			region.Native = region.Name
		}
		if region.Level < 0 || region.Level > 3 {
			return fmt.Errorf("level %d is none of 0 to 3", region.Level)
		}
		n.regions[region.ID] = region
		n.pop11[region.ID] = r.number("pop11")
		return nil
	})
	if err == nil {
		n.arrange()
	}
	return err
}

func (n *Nomenclature) readLineage(fsys fs.FS) error {
	return readTable(fsys, "lineage.csv", func(r *row) error {
		s := Share{
			From: ID{r.code("from"), r.version("from_version")}, To: ID{r.code("to"), r.version("to_version")},
			Area: r.number("area"), Pop21: r.number("pop21"), Pop11: r.number("pop11"),
		}
		if n.regions[s.From] == nil || n.regions[s.To] == nil || s.From.Version == s.To.Version {
			return fmt.Errorf("%s to %s: not two regions of two versions", s.From, s.To)
		}
		back := s
		back.From, back.To = s.To, s.From
		for _, s := range []Share{s, back} {
			e := edge{s.From, s.To.Version}
			n.overlaps[e] = append(n.overlaps[e], s)
		}
		return nil
	})
}

func (n *Nomenclature) readBorders(fsys fs.FS) error {
	err := readTable(fsys, "borders.csv", func(r *row) error {
		a, b := r.code("a"), r.code("b")
		if n.regions[ID{a, Current}] == nil || n.regions[ID{b, Current}] == nil {
			return fmt.Errorf("%s, %s: not two regions of NUTS %d", a, b, Current)
		}
		n.neighbours[a] = append(n.neighbours[a], b)
		n.neighbours[b] = append(n.neighbours[b], a)
		return nil
	})
	for _, codes := range n.neighbours {
		slices.Sort(codes)
	}
	return err
}

func (n *Nomenclature) readAggregates(fsys fs.FS) error {
	return readTable(fsys, "aggregates.csv", func(r *row) error {
		n.aggregates[r.code("code")] = r.text("name")
		return nil
	})
}

func (n *Nomenclature) readMetros(fsys fs.FS) error {
	return readTable(fsys, "metros.csv", func(r *row) error {
		rel := Relation{
			Region: ID{r.code("region"), r.version("region_version")}, Metro: ID{r.code("metro"), r.version("metro_version")},
			Kind: RelationKind(r.text("kind")), Name: r.text("name"), Since: int(r.number("since")),
			Source: r.text("source"), Note: r.text("note"),
		}
		if n.regions[rel.Region] == nil || n.regions[rel.Metro] == nil || !slices.Contains(relationKinds[:], rel.Kind) {
			return fmt.Errorf("%s, %s, %q: an unknown region or kind", rel.Region, rel.Metro, rel.Kind)
		}
		n.relations = append(n.relations, rel)
		return nil
	})
}

// readSpellings collects names of countries and other spellings by code.
func readSpellings(fsys fs.FS, into map[Code][]string) error {
	err := readTable(fsys, "countries.csv", func(r *row) error {
		into[r.code("code")] = append(into[r.code("code")], r.cells[1:]...)
		return nil
	})
	if err != nil {
		return err
	}
	return readTable(fsys, "names.csv", func(r *row) error {
		into[r.code("code")] = append(into[r.code("code")], strings.Split(r.text("names"), ";")...)
		return nil
	})
}
