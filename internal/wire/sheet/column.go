package sheet

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"peerscape/internal/fault"
)

// Words of headings, in the languages of the partners.
var (
	periodNames = []string{"time", "time_period", "year", "period", "date", "vuosi", "jahr", "rok", "año", "ano", "annee", "année", "anno", "jaar", "år", "έτος"}
	valueNames  = []string{"value", "values", "obs_value", "arvo", "wert", "wartość", "valor", "valeur", "valore", "värde", "waarde"}
	flagNames   = []string{"flag", "flags", "obs_flag", "status", "obs_status"}
	partName    = regexp.MustCompile(`^[QqSs][1-4]$`)
)

func named(head string, words []string) bool { return slices.Contains(words, strings.ToLower(head)) }

// columns says what each column is.
func (p *proposer) columns() error {
	m := &p.Mapping
	if !p.turned {
		m.Region = 1 + p.regionColumn()
	}
	p.periodColumn()
	var values []int
	for i, head := range p.head {
		column := i + 1
		switch {
		case column == m.Region || column == m.Period || p.filled(i) == 0:
		case head == "" && 2*p.filled(i) < p.dataRows(): // remarks beside the table
			p.unread = append(p.unread, column)
		case p.turned && names(head):
			m.Values = append(m.Values, ValueColumn{Column: column, Region: head})
		case named(head, flagNames) && m.Flag == 0 && p.allFlags(i):
			m.Flag = column
		case !p.turned && p.numeric(i) && p.ofPeriod(i):
		case !p.turned && p.numeric(i):
			values = append(values, column)
		case p.distinguishes(i):
			m.Columns = append(m.Columns, DimensionCol{ID: identifier(head, column), Column: column})
		default:
			p.unread = append(p.unread, column)
		}
	}
	if len(m.Values) == 0 {
		p.measures(values)
	} else {
		p.unread = append(p.unread, values...)
	}
	if len(m.Values) == 0 {
		return fault.New(fault.Invalid, "sheet.no-values", "no column of the table holds numbers").In(p.name, 0).Do("Check the decimal sign and the separator")
	}
	p.tidyMeasures()
	p.distinctDimensions()
	if m.Period == 0 && slices.ContainsFunc(m.Values, func(v ValueColumn) bool { return v.Period == "" }) {
		p.ask("Which year are the values of? Write it as fixed_period in the mapping.")
	} else if m.Period > 0 && p.filled(m.Period-1) < p.dataRows() {
		p.ask("The column %s is empty in some rows. Which year are their values of? Write it as fixed_period in the mapping.", p.head[m.Period-1])
	}
	p.tellUnread()
	return nil
}

func (p *proposer) tellUnread() {
	var heads []string
	slices.Sort(p.unread)
	for _, column := range p.unread {
		if head := p.head[column-1]; head != "" {
			heads = append(heads, head)
		} else {
			heads = append(heads, fmt.Sprintf("column %d", column))
		}
	}
	if len(heads) > 0 {
		p.note("Not read: %s.", strings.Join(heads, ", "))
	}
}

// regionColumn picks the column in which most rows name a region; of several
// alike, the one with most different regions (not its parent, not its country).
func (p *proposer) regionColumn() int {
	var count, distinct []int
	most := 0
	for i := range p.head {
		seen := map[string]bool{}
		n := 0
		p.each(i, func(c string) {
			if names(c) {
				n++
				seen[c] = true
			}
		})
		count, distinct = append(count, n), append(distinct, len(seen))
		most = max(most, n)
	}
	best := -1
	for i, n := range count {
		if 10*n >= 9*most && n > 0 && (best < 0 || distinct[i] > distinct[best]) {
			best = i
		}
	}
	return max(best, 0)
}

// periodColumn looks for the column that says when: by its name, else by its
// cells.
func (p *proposer) periodColumn() {
	for _, byName := range []bool{true, false} {
		for i, head := range p.head {
			if i+1 == p.Mapping.Region || p.turned && names(head) || byName != named(head, periodNames) || p.filled(i) == 0 {
				continue
			}
			if _, ok := likelyPeriod(head); !ok && p.share(i, func(c string) bool { _, ok := likelyPeriod(c); return ok }) >= 0.9 && (byName || !p.constant(i) || p.turned) {
				p.Mapping.Period = i + 1
				return
			}
		}
	}
}

// ofPeriod maps a column whose heading names a period, alone or beside a
// measure.
func (p *proposer) ofPeriod(i int) bool {
	parts := strings.Split(p.head[i], " / ")
	at := slices.IndexFunc(parts, func(s string) bool { _, ok := likelyPeriod(s); return ok })
	if at < 0 {
		return false
	}
	period, _ := likelyPeriod(parts[at])
	v := ValueColumn{Column: i + 1, Period: period.String()}
	if rest := slices.Delete(parts, at, at+1); len(rest) > 0 {
		v.Dimension, v.Code = "measure", identifier(strings.Join(rest, " "), i+1)
	}
	p.Mapping.Values = append(p.Mapping.Values, v)
	return true
}

// measures maps columns of values that are of no period: one of a long table,
// the months of a year, or several measures.
func (p *proposer) measures(values []int) {
	m := &p.Mapping
	take := func(keep func(int) bool) {
		for _, column := range values {
			if keep(column) {
				m.Values = append(m.Values, ValueColumn{Column: column})
			} else {
				p.unread = append(p.unread, column)
			}
		}
	}
	head := func(column int) string { return p.head[column-1] }
	part := func(column int) bool { return partOf(head(column)) != "" }
	value := func(column int) bool { return named(head(column), valueNames) }
	switch {
	case slices.ContainsFunc(values, value):
		first := slices.IndexFunc(values, value)
		take(func(column int) bool { return column == values[first] })
	case len(values) > 1 && slices.ContainsFunc(values, part):
		take(part)
		for i := range m.Values {
			m.Values[i].Part = partOf(head(m.Values[i].Column))
		}
	default:
		take(func(column int) bool { return !p.classes(column-1) || len(values) == 1 })
		for i := range m.Values {
			if len(m.Values) > 1 {
				m.Values[i].Dimension, m.Values[i].Code = "measure", identifier(head(m.Values[i].Column), m.Values[i].Column)
			}
		}
	}
}

// timed reports whether a heading names a period or a part of a year.
func timed(head string) bool {
	return partOf(head) != "" || slices.ContainsFunc(strings.Split(head, " / "), func(s string) bool { _, ok := likelyPeriod(s); return ok })
}

// partOf returns the part of a year that a heading names: "01", "Q1".
func partOf(head string) string {
	if m := monthOf(head); m > 0 {
		return fmt.Sprintf("%02d", m)
	}
	if partName.MatchString(head) {
		return strings.ToUpper(head)
	}
	return ""
}

// tidyMeasures leaves the measure out where all columns have the same, gives
// one to columns without, and keeps the codes apart.
func (p *proposer) tidyMeasures() {
	codes := map[string]bool{}
	for _, v := range p.Mapping.Values {
		codes[v.Code] = true
	}
	seen := map[string]bool{}
	for i := range p.Mapping.Values {
		v := &p.Mapping.Values[i]
		if len(codes) == 1 {
			if v.Period != "" || v.Region != "" {
				v.Dimension, v.Code = "", ""
			}
		} else if v.Code == "" {
			v.Dimension, v.Code = "measure", "value"
		}
		name := strings.Join([]string{v.Region, v.Period, v.Part, v.Code}, "\x00")
		if seen[name] && v.Code != "" {
			v.Code = fmt.Sprintf("%s_%d", v.Code, v.Column)
		}
		seen[name] = true
	}
	p.meanTheSame()
}

// meanTheSame leaves out columns whose headings say what another one's says.
func (p *proposer) meanTheSame() {
	first := map[string]int{}
	kept := p.Mapping.Values[:0]
	for _, v := range p.Mapping.Values {
		name := strings.Join([]string{v.Region, v.Period, v.Part, v.Code}, "\x00")
		if before := first[name]; before > 0 {
			p.ask("The columns %d and %d have the same heading, %q. The mapping reads the first. Is that the one?", before, v.Column, p.head[v.Column-1])
			p.unread = append(p.unread, v.Column)
			continue
		}
		first[name] = v.Column
		kept = append(kept, v)
	}
	p.Mapping.Values = kept
}

// distinctDimensions keeps the ids of dimensions apart.
func (p *proposer) distinctDimensions() {
	seen := map[string]bool{"measure": true}
	for i := range p.Mapping.Columns {
		c := &p.Mapping.Columns[i]
		if seen[c.ID] {
			c.ID = fmt.Sprintf("%s_%d", c.ID, c.Column)
		}
		seen[c.ID] = true
	}
}

var notWord = regexp.MustCompile(`[^\p{L}\p{N}]+`)

// identifier makes a code of a heading: small letters without accents, words
// joined by _.
func identifier(head string, column int) string {
	var plain strings.Builder
	for _, r := range norm.NFD.String(strings.ToLower(head)) {
		if !unicode.Is(unicode.Mn, r) {
			plain.WriteRune(r)
		}
	}
	id := strings.Trim(notWord.ReplaceAllString(plain.String(), "_"), "_")
	if id == "" {
		return fmt.Sprintf("column_%d", column)
	}
	return id
}
