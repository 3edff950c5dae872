package sheet

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"peerscape/internal/fault"
	"peerscape/internal/stats"
)

// Proposal is how a table was understood, for a person to confirm.
type Proposal struct {
	Mapping   Mapping
	Sample    [][]string // heading and first rows
	Notes     []string
	Questions []Question // what must be decided; the mapping does not contain it
	Rows      int        // with a region code
	Unknown   []Unknown  // region codes that do not exist
}

// Question is something that the table cannot answer.
type Question struct {
	Text          string
	Find, Replace string // what Mapping.Codes would say after a yes
	Rows          []int
}

// Unknown is a region code that does not exist.
type Unknown struct {
	Code string
	Row  int
	Near []string
}

const (
	looked   = 400 // rows that a proposal looks at closely
	mostFile = 64 << 20
)

// Propose reads a table and proposes its mapping. The mapping is complete but
// for what stands in Questions.
func Propose(r io.Reader, name string, o Options) (*Proposal, error) {
	b, err := io.ReadAll(io.LimitReader(r, mostFile+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	if len(b) > mostFile {
		return nil, fault.New(fault.TooLarge, "sheet.file", "the table is larger than %d MiB", mostFile>>20).In(name, 0).Do("Split it")
	}
	p := &proposer{name: name, bytes: b, options: o}
	p.Mapping = Mapping{Decimal: ".", Missing: missing, Codes: map[string]string{}}
	if err := p.dialect(); err != nil {
		return nil, err
	}
	if err := p.load(); err != nil {
		return nil, err
	}
	for _, step := range []func() error{p.heading, p.regionColumn, p.numbers, p.columns, p.codes} {
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
	rows    [][]string
	places  []int // row numbers in the file
	head    []string
	body    [][]string
	at      []int // row numbers of body
}

// dialect finds out encoding and separator of a text, or the sheet of a
// workbook.
func (p *proposer) dialect() error {
	if bytes.HasPrefix(p.bytes, []byte("PK\x03\x04")) {
		f, err := excelize.OpenReader(bytes.NewReader(p.bytes), excelize.Options{UnzipSizeLimit: mostWorkbook, UnzipXMLSizeLimit: 64 << 20})
		if err != nil {
			return fault.New(fault.Invalid, "sheet.workbook", "the workbook cannot be read").In(p.name, 0).
				Do("Open it in a spreadsheet program and save it again as XLSX").Because(err)
		}
		if sheets := f.GetSheetList(); len(sheets) > 0 {
			p.Mapping.Sheet = sheets[0]
			if len(sheets) > 1 {
				p.Notes = append(p.Notes, fmt.Sprintf("The workbook has the sheets %s; the first is read.", strings.Join(sheets, ", ")))
			}
		}
		return f.Close()
	}
	p.Mapping.Encoding = encodingOf(p.bytes)
	if p.Mapping.Encoding != "utf-8" {
		p.Notes = append(p.Notes, "The text is encoded in "+p.Mapping.Encoding+".")
	}
	text, err := decoded(bytes.NewReader(p.bytes), p.Mapping.Encoding)
	if err != nil {
		return err
	}
	start, err := io.ReadAll(io.LimitReader(text, 64<<10))
	if err != nil {
		return fmt.Errorf("read %s: %w", p.name, err)
	}
	if t := strings.ToLower(strings.TrimSpace(string(start[:min(len(start), 200)]))); strings.HasPrefix(t, "<!doctype") || strings.HasPrefix(t, "<html") {
		return fault.New(fault.Invalid, "sheet.html", "the file is a web page (HTML), not a table").In(p.name, 1).Do("Download the table itself")
	}
	p.Mapping.Separator = separatorOf(string(start))
	return nil
}

// separatorOf picks the separator that parts most lines into the same number
// of cells, more than one.
func separatorOf(text string) string {
	lines := strings.Split(text, "\n")
	lines = lines[:min(len(lines), 60)]
	best, bestScore := "comma", 0
	for _, name := range []string{"comma", "semicolon", "tab", "bar"} {
		counts := map[int]int{}
		for _, l := range lines {
			counts[outside(l, byte(separators[name]))]++
		}
		for n, lines := range counts {
			if score := lines*1000 + n; n > 0 && score > bestScore {
				best, bestScore = name, score
			}
		}
	}
	return best
}

// outside counts a separator outside quotation marks.
func outside(line string, sep byte) (n int) {
	quoted := false
	for i := range len(line) {
		switch {
		case line[i] == '"':
			quoted = !quoted
		case line[i] == sep && !quoted:
			n++
		}
	}
	return n
}

func (p *proposer) load() error {
	g, err := openGrid(bytes.NewReader(p.bytes), p.name, &p.Mapping)
	if err != nil {
		return err
	}
	defer g.Close()
	for {
		cells, number, err := g.row()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		for i, c := range cells {
			if len(c) > mostCell {
				return fault.New(fault.TooLarge, "sheet.cell", "a cell is longer than %d bytes", mostCell).In(p.name, number).Do("Check the separator")
			}
			cells[i] = strings.Trim(c, spaces+"\t")
		}
		p.rows = append(p.rows, slices.Clone(cells))
		p.places = append(p.places, number)
	}
	if len(p.rows) < 2 {
		return fault.New(fault.Invalid, "sheet.short", "the file has no table: fewer than two rows").In(p.name, 0).Do("Check the sheet and the separator")
	}
	return nil
}

// isRegion reports whether a cell names a region, whole or damaged.
func isRegion(s string) bool {
	if damaged(s) != "" {
		return true
	}
	code := codeOf(s)
	return code != "" && len(code) <= 5 && code == strings.ToUpper(code) && strings.ToUpper(s[:2]) == s[:2]
}

// heading finds the last row above the first row that names a region.
func (p *proposer) heading() error {
	for i, row := range p.rows {
		if !slices.ContainsFunc(row, isRegion) || slices.ContainsFunc(row, func(c string) bool { return strings.EqualFold(c, "nuts") || strings.EqualFold(c, "geo") }) {
			continue
		}
		filled := 0
		for _, c := range row {
			if c != "" {
				filled++
			}
		}
		if filled < 2 {
			continue
		}
		p.Mapping.HeaderRow = p.places[max(i-1, 0)]
		if i == 0 {
			p.Mapping.HeaderRow = 0
		}
		p.body, p.at = p.rows[i:], p.places[i:]
		p.head = p.headOver(i)
		if i > 1 {
			p.Notes = append(p.Notes, fmt.Sprintf("The heading ends in row %d.", p.Mapping.HeaderRow))
		}
		p.Sample = append(append(p.Sample, p.head), p.body[:min(len(p.body), 5)]...)
		return nil
	}
	return fault.New(fault.Invalid, "sheet.no-regions", "no row of the table names a NUTS region").In(p.name, 0).
		Do("Add a column with NUTS codes such as FI1C6")
}

// headOver joins the heading rows above row i, column by column: merged cells
// over two rows make "2022 / men".
func (p *proposer) headOver(i int) []string {
	first := i - 1
	for first > 0 && len(p.rows[first-1]) >= len(p.rows[i])-1 && i-first < 3 && !sparse(p.rows[first-1]) {
		first--
	}
	var head []string
	for column := range p.rows[i] {
		var parts []string
		for row := max(first, 0); row < i; row++ {
			if column < len(p.rows[row]) {
				if c := p.rows[row][column]; c != "" && !slices.Contains(parts, c) {
					parts = append(parts, c)
				}
			}
		}
		head = append(head, strings.Join(parts, " / "))
	}
	return head
}

// sparse reports whether a row is a title: at most one cell is filled.
func sparse(row []string) bool {
	n := 0
	for _, c := range row {
		if c != "" {
			n++
		}
	}
	return n <= 1
}

// regionColumn picks the column in which most rows name a region.
func (p *proposer) regionColumn() error {
	most := 0
	for column := range p.head {
		n := 0
		for _, row := range p.body[:min(len(p.body), looked)] {
			if column < len(row) && isRegion(row[column]) {
				n++
			}
		}
		if n > most {
			most, p.Mapping.Region = n, column+1
		}
	}
	return nil
}

var (
	commaDecimal = regexp.MustCompile(`^[-−+]?[\d.' \x{a0}\x{2009}\x{202f}]*\d,\d+ ?[a-z]*$`)
	pointDecimal = regexp.MustCompile(`^[-−+]?[\d,' \x{a0}\x{2009}\x{202f}]*\d\.\d+ ?[a-z]*$`)
	threes       = regexp.MustCompile(`^[-−+]?\d{1,3}([.,' \x{a0}\x{2009}\x{202f}])\d{3}`)
)

// numbers finds out the decimal sign and the sign between thousands. "1,234"
// alone is ambiguous: what other cells say decides, else the separator.
func (p *proposer) numbers() error {
	commas, points := 0, 0
	between := map[string]int{}
	for _, row := range p.body[:min(len(p.body), looked)] {
		for i, c := range row {
			if i == p.Mapping.Region-1 || c == "" {
				continue
			}
			if m := threes.FindStringSubmatch(c); m != nil {
				between[m[1]]++
			}
			one := threes.MatchString(c) && strings.Count(c, ",")+strings.Count(c, ".") == 1 && len(c) >= 5 && (c[len(c)-4] == ',' || c[len(c)-4] == '.')
			switch {
			case one:
			case commaDecimal.MatchString(c):
				commas++
			case pointDecimal.MatchString(c):
				points++
			}
		}
	}
	p.Mapping.Decimal = "."
	if commas > points || commas == points && between["."] > 0 && between[","] == 0 && p.Mapping.Separator == "semicolon" {
		p.Mapping.Decimal = ","
		p.Notes = append(p.Notes, "Numbers are written with a decimal comma.")
	}
	for _, sign := range []string{"'", " ", "\u00a0", "\u2009", "\u202f", ".", ","} {
		if between[sign] > 0 && sign != p.Mapping.Decimal {
			p.Mapping.Thousands = sign
			if strings.Contains(spaces, sign) {
				p.Mapping.Thousands = " "
			}
			p.Notes = append(p.Notes, fmt.Sprintf("%q stands between thousands.", sign))
			break
		}
	}
	return nil
}

// names of columns, in the languages and programs that write them.
var (
	periodNames = []string{"time", "time_period", "year", "jahr", "vuosi", "año", "ano", "rok", "period", "année"}
	valueNames  = []string{"value", "values", "obs_value", "wert", "arvo", "valor", "wartość"}
	flagNames   = []string{"flag", "flags", "obs_flag", "status"}
	months      = []string{"january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"}
)

func named(head string, names []string) bool { return slices.Contains(names, strings.ToLower(head)) }

// columns says what each column is.
func (p *proposer) columns() error {
	m := &p.Mapping
	periods, values := 0, []int{}
	for i, head := range p.head {
		column := i + 1
		switch {
		case column == m.Region || p.emptyColumn(i):
		case named(head, periodNames) && m.Period == 0:
			m.Period = column
		case named(head, flagNames) && m.Flag == 0:
			m.Flag = column
		case periodOf(head) != "" && p.numeric(i):
			periods++
			m.Values = append(m.Values, ValueColumn{Column: column, Period: periodOf(head), Dimension: measureDimension(head), Code: measureOf(head)})
		case p.numeric(i):
			values = append(values, column)
		case p.repeats(i):
			m.Columns = append(m.Columns, DimensionCol{ID: identifier(head, column), Column: column})
		}
	}
	if periods > 0 {
		p.dropCodesWithoutDimension()
		return nil
	}
	return p.measures(values)
}

// dropCodesWithoutDimension leaves the measure out where all columns have one.
func (p *proposer) dropCodesWithoutDimension() {
	codes := map[string]bool{}
	for _, v := range p.Mapping.Values {
		codes[v.Code] = true
	}
	if len(codes) > 1 {
		return
	}
	for i := range p.Mapping.Values {
		p.Mapping.Values[i].Dimension, p.Mapping.Values[i].Code = "", ""
	}
}

// measures maps columns of values that are of no period: one of a long table,
// the months of a year, or several measures.
func (p *proposer) measures(values []int) error {
	m := &p.Mapping
	if len(values) == 0 {
		return fault.New(fault.Invalid, "sheet.no-values", "no column of the table holds numbers").In(p.name, 0).Do("Check the decimal sign and the separator")
	}
	if m.Period > 0 {
		for _, v := range values {
			if named(p.head[v-1], valueNames) {
				values = []int{v}
				break
			}
		}
	}
	for _, column := range values {
		v := ValueColumn{Column: column}
		if month := slices.Index(months, strings.ToLower(p.head[column-1])); month >= 0 {
			v.Dimension, v.Code = "month", fmt.Sprintf("M%02d", month+1)
		} else if len(values) > 1 {
			v.Dimension, v.Code = "measure", identifier(p.head[column-1], column)
		}
		m.Values = append(m.Values, v)
	}
	if m.Period == 0 {
		p.Questions = append(p.Questions, Question{Text: "Which year are the values of? Write it as fixed_period in the mapping."})
	}
	return nil
}

// periodOf returns the period that a heading names, alone or before a measure.
func periodOf(head string) string {
	first, _, _ := strings.Cut(head, " / ")
	if p, err := stats.ParsePeriod(strings.TrimSuffix(first, ".0")); err == nil && p.Year() > 1900 && p.Year() < 2200 {
		return p.String()
	}
	return ""
}

func measureOf(head string) string {
	_, rest, ok := strings.Cut(head, " / ")
	if !ok {
		return ""
	}
	return identifier(rest, 0)
}

func measureDimension(head string) string {
	if measureOf(head) == "" {
		return ""
	}
	return "measure"
}

var notWord = regexp.MustCompile(`[^a-z0-9]+`)

// identifier makes a code of a heading.
func identifier(head string, column int) string {
	id := strings.Trim(notWord.ReplaceAllString(strings.ToLower(head), "_"), "_")
	if id == "" {
		return fmt.Sprintf("column_%d", column)
	}
	return id
}

func (p *proposer) each(i int, visit func(string)) {
	for _, row := range p.body[:min(len(p.body), looked)] {
		if i < len(row) && row[i] != "" {
			visit(row[i])
		}
	}
}

func (p *proposer) emptyColumn(i int) bool {
	empty := true
	p.each(i, func(string) { empty = false })
	return empty
}

// numeric reports whether nine in ten filled cells are numbers or stand for
// none, and one at least is a number.
func (p *proposer) numeric(i int) bool {
	all, good, values := 0, 0, 0
	p.each(i, func(c string) {
		all++
		if x, ok := p.Mapping.number(c); ok {
			good++
			if !x.empty {
				values++
			}
		}
	})
	return values > 0 && 10*good >= 9*all
}

// repeats reports whether a column holds few different words: a dimension, not
// labels of regions.
func (p *proposer) repeats(i int) bool {
	seen, n := map[string]bool{}, 0
	p.each(i, func(c string) { seen[c] = true; n++ })
	return n > 1 && len(seen)*4 <= n && p.Mapping.Period > 0
}

// codes asks about damaged codes and lists unknown ones.
func (p *proposer) codes() error {
	asked := map[string]int{}
	for i, row := range p.body {
		if p.Mapping.Region > len(row) {
			continue
		}
		text := row[p.Mapping.Region-1]
		if was := damaged(text); was != "" {
			if _, ok := asked[text]; !ok {
				asked[text] = len(p.Questions)
				p.Questions = append(p.Questions, Question{
					Text: fmt.Sprintf("%q is a date that a spreadsheet made of a region code. Is it %s?", text, was), Find: text, Replace: was,
				})
			}
			q := &p.Questions[asked[text]]
			q.Rows = append(q.Rows, p.at[i])
			p.Rows++
			continue
		}
		code := codeOf(text)
		if code == "" {
			continue
		}
		p.Rows++
		if p.options.Known != nil && !p.options.Known(code) {
			u := Unknown{Code: code, Row: p.at[i]}
			if p.options.Suggest != nil {
				u.Near = p.options.Suggest(code)
			}
			p.Unknown = append(p.Unknown, u)
		}
	}
	return nil
}
