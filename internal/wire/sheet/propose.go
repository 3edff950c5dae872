package sheet

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"peerscape/internal/fault"
	"peerscape/internal/stats"
)

// Proposal is how a table was understood, for a person to confirm.
type Proposal struct {
	Mapping   Mapping    `json:"mapping"`
	Sample    [][]string `json:"sample"` // heading and first values, as they would be read
	Notes     []string   `json:"notes"`
	Questions []Question `json:"questions"` // what a person must decide; the mapping does not contain it
	Rows      int        `json:"rows"`      // with a region; of a turned table: with values
	Regions   int        `json:"regions"`   // distinct codes, unknown ones left out
	Unknown   []Unknown  `json:"unknown"`   // region codes that do not exist, mostUnknown at most
}

// Question is something that the table cannot answer.
type Question struct {
	Text    string `json:"text"`
	Find    string `json:"find,omitempty"`    // what Mapping.Codes would say
	Replace string `json:"replace,omitempty"` // after a yes
	Rows    []int  `json:"rows,omitempty"`    // mostUnknown at most
}

// Unknown is a region code that does not exist.
type Unknown struct {
	Code string   `json:"code"`
	Row  int      `json:"row"`
	Near []string `json:"near,omitempty"`
}

const (
	looked      = 500 // rows that a proposal looks at closely
	mostUnknown = 200
	mostSheets  = 20     // of a workbook, in which a table is looked for
	shown       = 6      // values of the sample
	nobody      = "0001" // year that stands for an unknown one in the sample
)

// Propose reads a table and proposes its mapping. The mapping is complete but
// for what stands in Questions: it is not valid before the year is given where
// the table has none, and codes that a spreadsheet turned into dates are
// refused until Codes says what they are.
func Propose(r io.Reader, name string, o Options) (*Proposal, error) {
	b, err := io.ReadAll(&capped{r: r, name: name, left: mostFile})
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	p := &proposer{name: name, bytes: b, options: o}
	p.Mapping = Mapping{Decimal: ".", Missing: missing, Codes: map[string]string{}}
	if isWorkbook(b) {
		err = p.findSheet()
	} else {
		err = p.openText()
	}
	if err != nil {
		return nil, err
	}
	p.numbers()
	for _, step := range []func() error{p.columns, p.count, p.sample} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return &p.Proposal, nil
}

type proposer struct {
	Proposal
	name    string
	bytes   []byte
	options Options
	rows    [][]string // first rows
	places  []int      // their numbers in the file
	head    []string   // by column
	body    [][]string
	turned  bool  // regions stand in columns
	unread  []int // columns with content that the mapping leaves out
}

func (p *proposer) note(format string, args ...any) {
	p.Notes = append(p.Notes, fmt.Sprintf(format, args...))
}

func (p *proposer) ask(format string, args ...any) {
	p.Questions = append(p.Questions, Question{Text: fmt.Sprintf(format, args...)})
}

// openText finds out encoding and separator, and reads the first rows.
func (p *proposer) openText() error {
	if err := refuse(p.bytes[:min(len(p.bytes), 512)], p.name); err != nil {
		return err
	}
	p.Mapping.Encoding = encodingOf(p.bytes)
	if p.Mapping.Encoding != "utf-8" {
		p.note("The text is encoded in %s.", p.Mapping.Encoding)
	}
	text, err := decoded(bytes.NewReader(p.bytes), p.Mapping.Encoding)
	if err != nil {
		return err
	}
	start := make([]byte, 64<<10)
	n, err := io.ReadFull(text, start)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("read %s: %w", p.name, err)
	}
	p.Mapping.Separator = separatorOf(start[:n], err == nil)
	return p.load()
}

// findSheet takes the first sheet that names a region.
func (p *proposer) findSheet() error {
	f, _, err := openExcel(p.bytes, p.name)
	if err != nil {
		return err
	}
	sheets := f.GetSheetList()
	if err := f.Close(); err != nil {
		return fmt.Errorf("close %s: %w", p.name, err)
	}
	if len(sheets) == 0 {
		return unreadable(p.name, errors.New("no sheet"))
	}
	var first error
	all := strings.Join(sheets, ", ")
	if p.options.Sheet != "" {
		sheets = []string{p.options.Sheet}
	}
	for i, sheet := range sheets[:min(len(sheets), mostSheets)] {
		p.Mapping.Sheet = sheet
		err := p.load()
		if err == nil {
			if all != sheet {
				p.note("The workbook has the sheets %s; %s is read.", all, sheet)
			}
			return nil
		}
		if i == 0 {
			first = err
		}
	}
	return first
}

// load reads the first rows and finds the heading.
func (p *proposer) load() error {
	g, err := openGrid(bytes.NewReader(p.bytes), p.name, &p.Mapping)
	if err != nil {
		return err
	}
	p.rows, p.places = nil, nil
	for len(p.rows) < looked && err == nil {
		var cells []string
		var number int
		if cells, number, err = g.row(); err != nil {
			break
		}
		row := make([]string, len(cells))
		for i, c := range cells {
			row[i] = trim(c)
		}
		p.rows = append(p.rows, row)
		p.places = append(p.places, number)
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	if err = errors.Join(err, g.Close()); err != nil {
		return err
	}
	if len(p.rows) < 2 {
		return fault.New(fault.Invalid, "sheet.short", "the file has no table: fewer than two rows").In(p.name, 0).Do("Check the sheet and the separator")
	}
	return p.heading()
}

// sample reads the first values by the mapping, as an import would. What is
// still to be decided shows as a question mark.
func (p *proposer) sample() error {
	m := p.Mapping
	m.Codes = map[string]string{}
	for _, q := range p.Questions {
		if q.Find != "" {
			m.Codes[q.Find] = q.Replace
		}
	}
	unsure := m.Fixed == ""
	if unsure {
		m.Fixed = nobody
	}
	m.LastRow = p.places[min(len(p.places)-1, len(p.rows)-len(p.body)+shown)]
	if m.Validate() != nil {
		return nil // columns that mean the same: a person must choose
	}
	r, err := NewReader(bytes.NewReader(p.bytes), p.name, m, Options{})
	if err != nil {
		return err
	}
	p.Sample = [][]string{slices.Concat([]string{"region"}, r.dims, []string{"period", "value", "flags"})}
	var s stats.Series
	for err == nil && len(p.Sample) <= shown {
		if err = r.Next(&s); err != nil {
			break // what is wrong in the table is said when it is imported
		}
		for i := range min(s.Len(), 2) {
			period := s.Periods[i].String()
			if unsure {
				period = strings.Replace(period, nobody, "?", 1)
			}
			p.Sample = append(p.Sample, slices.Concat([]string{s.Region}, s.Key, []string{period, fmt.Sprint(s.Values[i]), s.Flags[i].String()}))
		}
	}
	return r.Close()
}
