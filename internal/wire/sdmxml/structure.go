package sdmxml

import (
	"cmp"
	"io"
	"slices"
	"strings"
	"time"

	"peerscape/internal/fault"
	"peerscape/internal/stats"
)

// Names holds a text by language ("en", "de", "fr"). The key is empty where the
// file does not name the language.
type Names map[string]string

// In returns the text in a language, or else in English, or else in the first
// language by alphabet; empty where there is none.
func (n Names) In(language string) string {
	for _, l := range [...]string{language, "en", ""} {
		if t, ok := n[l]; ok {
			return t
		}
	}
	first := ""
	for l := range n {
		if first == "" || l < first {
			first = l
		}
	}
	return n[first]
}

// Structure is what one structure message holds, in the file's order.
type Structure struct {
	Prepared       time.Time // of the message, UTC; zero where not stated
	CodeLists      []CodeList
	Concepts       []Concept
	DataStructures []DataStructure
	Dataflows      []Dataflow
	Constraints    []Constraint
	Notes          []string // English sentences on what was left out
}

// CodeList is a list of codes. A message may hold one id in several versions.
type CodeList struct {
	Ref
	Names   Names
	Partial bool // only the codes that the asked artefact uses
	Codes   []Code
}

// Code is one code of a list.
type Code struct {
	ID     string
	Parent string // id of the code above; empty at the top
	Names  Names
}

// Concept is one concept of a scheme: what a dimension or attribute is about.
type Concept struct {
	Scheme   Ref
	ID       string
	Names    Names
	CodeList Ref // zero where its values are not coded
}

// DataStructure says what the figures of a dataset are keyed by.
type DataStructure struct {
	Ref
	Names      Names
	External   bool        // only named here; its components are elsewhere
	Dimensions []Component // in order, without time
	Time       string      // id of the time dimension
	Attributes []Component
	Measures   []string
}

// Component is a dimension or an attribute.
type Component struct {
	ID       string
	Concept  string // id of its concept
	CodeList Ref    // zero where its values are not coded
}

// Dataflow is one published dataset.
type Dataflow struct {
	Ref
	Names            Names
	Structure        Ref
	DOI              string       // "10.2908/GOV_10Q_GGNFA"; empty where not stated
	Metadata         string       // address of the explanatory text
	Observations     int64        // 0 where not stated
	Oldest, Latest   stats.Period // zero where not stated
	Updated          time.Time    // last change of the figures, UTC
	StructureUpdated time.Time    // last change of the structure, UTC
}

// Constraint says which codes occur in the figures of a dataflow.
type Constraint struct {
	Ref
	Names        Names
	Dataflow     Ref
	Observations int64 // 0 where not stated
	Dimensions   []Occurrence
}

// Occurrence lists the codes of one dimension that occur, or for time the range
// (as written in the file, which may be a moment of a day).
type Occurrence struct {
	ID           string
	Codes        []string
	Since, Until string
}

// CodeList returns the list that ref names: the one of its version, or else the
// last of its id.
func (s *Structure) CodeList(ref Ref) (*CodeList, bool) {
	var found *CodeList
	for i := range s.CodeLists {
		l := &s.CodeLists[i]
		if l.ID != ref.ID {
			continue
		}
		found = l
		if l.Version == ref.Version {
			break
		}
	}
	return found, found != nil
}

// Codes returns the codes of a dimension that occur, nil for an unknown one.
// The id's case does not matter.
func (c *Constraint) Codes(dimension string) []string {
	for i := range c.Dimensions {
		if strings.EqualFold(c.Dimensions[i].ID, dimension) {
			return c.Dimensions[i].Codes
		}
	}
	return nil
}

// MaxStructure is how much text of names and codes one message may hold.
const MaxStructure = 128 << 20

// itemCost stands for the memory of one item beside its text.
const itemCost = 128

// ReadStructure reads a structure message whole. name is the file's name for
// messages. Parts that it does not know (metadata structures, hierarchies,
// category schemes) are named in Notes; a message of nothing else is refused.
func ReadStructure(r io.Reader, name string) (*Structure, error) {
	s, p, err := open(r, name)
	if err != nil {
		return nil, err
	}
	if p.root != "Structure" {
		what := fault.Clip(p.root, 60) + " is not an SDMX-ML structure message"
		if _, ok := layouts[p.root]; ok {
			what = "this is an SDMX-ML data message, not a structure"
		}
		return nil, s.wrong("wire.sdmx-root", "%s", what).Do("Import it as a dataset, or ask for the structure")
	}
	b := &builder{scan: s, out: &Structure{}}
	if err := s.each(b.part); err != nil {
		return nil, err
	}
	return b.finish()
}

// builder fills a Structure.
type builder struct {
	scan    *scanner
	out     *Structure
	held    int // bytes of text and items, against MaxStructure
	leftOut []string
}

func (b *builder) part() error {
	switch b.scan.local {
	case "Header":
		return b.scan.each(func() error {
			if b.scan.local != "Prepared" {
				return nil
			}
			t, err := b.scan.text()
			b.out.Prepared = moment(t)
			return err
		})
	case "Structures":
		return b.scan.each(b.collection)
	}
	return nil
}

// collections are the containers of artefacts, with the element of one artefact
// and its reader. Those without a reader are left out by name.
var collections = map[string]struct {
	element, words string
	read           func(*builder) error
}{
	"Codelists":               {"Codelist", "code lists", (*builder).codeList},
	"GeoCodelists":            {"GeoCodelist", "code lists", (*builder).codeList},
	"Concepts":                {"ConceptScheme", "concept schemes", (*builder).conceptScheme},
	"ConceptSchemes":          {"ConceptScheme", "concept schemes", (*builder).conceptScheme},
	"DataStructures":          {"DataStructure", "data structures", (*builder).dataStructure},
	"Dataflows":               {"Dataflow", "dataflows", (*builder).dataflow},
	"Constraints":             {"ContentConstraint", "content constraints", (*builder).constraint},
	"DataConstraints":         {"DataConstraint", "data constraints", (*builder).constraint},
	"Hierarchies":             {words: "hierarchies of codes"},
	"HierarchicalCodelists":   {words: "hierarchical code lists"},
	"HierarchyAssociations":   {words: "hierarchy associations"},
	"MetadataStructures":      {words: "metadata structures"},
	"Metadataflows":           {words: "metadata flows"},
	"CategorySchemes":         {words: "category schemes"},
	"Categorisations":         {words: "categorisations"},
	"OrganisationSchemes":     {words: "organisation schemes"},
	"ProvisionAgreements":     {words: "provision agreements"},
	"StructureSets":           {words: "structure sets"},
	"ReportingTaxonomies":     {words: "reporting taxonomies"},
	"Processes":               {words: "processes"},
	"ValueLists":              {words: "value lists"},
	"RepresentationMaps":      {words: "representation maps"},
	"StructureMaps":           {words: "structure maps"},
	"CustomTypes":             {words: "custom types"},
	"TransformationSchemes":   {words: "transformation schemes"},
	"MetadataConstraints":     {words: "metadata constraints"},
	"AgencySchemes":           {words: "agency schemes"},
	"DataProviderSchemes":     {words: "data provider schemes"},
	"DataConsumerSchemes":     {words: "data consumer schemes"},
	"OrganisationUnitSchemes": {words: "organisation unit schemes"},
}

func (b *builder) collection() error {
	name := b.scan.local
	c, ok := collections[name]
	if !ok {
		c.words = fault.Clip(name, 60)
	}
	if c.read == nil {
		if len(b.leftOut) < maxNotes && !slices.Contains(b.leftOut, c.words) {
			b.leftOut = append(b.leftOut, c.words)
		}
		return nil
	}
	return b.scan.each(func() error {
		if b.scan.local != c.element {
			return nil
		}
		return c.read(b)
	})
}

// keep counts what is kept and refuses a message that is too large.
func (b *builder) keep(texts ...string) error {
	b.held += itemCost
	for _, t := range texts {
		b.held += len(t)
	}
	if b.held > MaxStructure {
		return b.scan.tooMuch("the structure message holds more than %d MiB of names and codes", MaxStructure>>20)
	}
	return nil
}

// finish fills code lists of components from their concepts and refuses a
// message of which nothing was read.
func (b *builder) finish() (*Structure, error) {
	o := b.out
	if len(o.CodeLists)+len(o.Concepts)+len(o.DataStructures)+len(o.Dataflows)+len(o.Constraints) == 0 {
		what := "nothing"
		if len(b.leftOut) > 0 {
			what = "only " + strings.Join(b.leftOut, ", ")
		}
		return nil, fault.New(fault.Invalid, "wire.sdmx-structure-kind",
			"this SDMX-ML structure message holds %s, which have no figures and no names of codes", what).
			In(b.scan.name, 1).Do("Ask for the code list, data structure, dataflow or content constraint")
	}
	for _, words := range b.leftOut {
		o.Notes = append(o.Notes, "the "+words+" of the message were left out")
	}
	coded := map[string]Ref{}
	for _, c := range o.Concepts {
		if c.CodeList.ID != "" {
			coded[c.ID] = c.CodeList
		}
	}
	for i := range o.DataStructures {
		d := &o.DataStructures[i]
		for _, list := range [...][]Component{d.Dimensions, d.Attributes} {
			for j := range list {
				if list[j].CodeList.ID == "" {
					list[j].CodeList = coded[cmp.Or(list[j].Concept, list[j].ID)]
				}
			}
		}
	}
	return o, nil
}

// moment reads a date-time in any of the forms that occur; zero if none fits.
func moment(text string) time.Time {
	for _, layout := range [...]string{
		time.RFC3339Nano, "2006-01-02T15:04:05-0700", "2006-01-02T15:04:05.999999999-0700",
		"2006-01-02T15:04:05.999999999", "2006-01-02",
	} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UTC()
		}
	}
	return time.Time{}
}
