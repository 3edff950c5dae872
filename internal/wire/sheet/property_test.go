package sheet

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"pgregory.net/rapid"

	"peerscape/internal/stats"
)

// drawn is a table of known content in a drawn spelling.
type drawn struct {
	separator, decimal, thousands, encoding, layout, label, title string
	regions, names                                                []string
	periods                                                       []string
	sexes                                                         []string // of a long table; nil: no dimension
	values                                                        map[string]float64
}

func (d *drawn) key(region, sex, period string) string {
	return strings.TrimSpace(region+" "+sex) + " " + period
}

func drawTable(t *rapid.T) *drawn {
	pick := func(label string, from ...string) string { return rapid.SampledFrom(from).Draw(t, label) }
	d := &drawn{
		separator: pick("separator", "comma", "semicolon", "tab", "bar"),
		decimal:   pick("decimal", ".", ","),
		thousands: pick("thousands", "", ".", ",", " ", "\u00a0", "'"),
		encoding:  pick("encoding", "utf-8", "utf-8 with BOM", "utf-16", "utf-16be", "windows-1252"),
		layout:    pick("layout", "long", "wide", "turned", "months"),
		label:     pick("label", "none", "column", "after", "before"),
		title:     pick("title", "", "Unemployment, by region\n", "Table 1\n\n"),
		values:    map[string]float64{},
	}
	if d.thousands == d.decimal {
		d.thousands = ""
	}
	all := []string{"FI1C6", "SE110", "DE111", "EL30", "PT16B", "FRK2", "AT12", "PL84"}
	names := []string{"Päijät-Häme", "Stockholms län", "Stuttgart, Stadtkreis", "Attiki", "Oeste", "Rhône-Alpes", "Niederösterreich", "Podlaskie"}
	n := rapid.IntRange(2, len(all)).Draw(t, "regions")
	d.regions, d.names = all[:n], names[:n]
	for i := range rapid.IntRange(2, 6).Draw(t, "periods") {
		d.periods = append(d.periods, strconv.Itoa(2015+i))
		if d.layout == "months" {
			d.periods[i] = fmt.Sprintf("2024-%02d", i+1)
		}
	}
	sexes := []string{""}
	if d.layout == "long" && rapid.Bool().Draw(t, "dimension") {
		d.sexes = []string{"F", "M"}
		sexes = d.sexes
	}
	for _, r := range d.regions {
		for _, s := range sexes {
			for _, p := range d.periods {
				if rapid.IntRange(0, 5).Draw(t, "there") > 0 {
					d.values[d.key(r, s, p)] = float64(rapid.Int64Range(-5e9, 5e9).Draw(t, "value")) / 100
				}
			}
		}
	}
	// two cells that fit one spelling only
	d.values[d.key(d.regions[0], sexes[0], d.periods[0])] = 1234567.25
	d.values[d.key(d.regions[1], sexes[0], d.periods[0])] = 0.5
	return d
}

// number spells a value with two decimals.
func (d *drawn) number(key string) string {
	v, ok := d.values[key]
	if !ok {
		return ":"
	}
	whole, fraction, _ := strings.Cut(strconv.FormatFloat(math.Abs(v), 'f', 2, 64), ".")
	for at := len(whole) - 3; at > 0 && d.thousands != ""; at -= 3 {
		whole = whole[:at] + d.thousands + whole[at:]
	}
	if v < 0 {
		whole = "-" + whole
	}
	return whole + d.decimal + fraction
}

func (d *drawn) region(i int) string {
	switch d.label {
	case "after":
		return d.regions[i] + " " + d.names[i]
	case "before":
		return d.names[i] + " (" + d.regions[i] + ")"
	}
	return d.regions[i]
}

func (d *drawn) named(i int) []string {
	if d.label == "column" {
		return []string{d.region(i), d.names[i]}
	}
	return []string{d.region(i)}
}

// grid lays the table out.
func (d *drawn) grid() [][]string {
	head := []string{"region"}
	if d.label == "column" {
		head = append(head, "name")
	}
	var out [][]string
	switch d.layout {
	case "long":
		return d.long(head)
	case "turned":
		head = []string{"year"}
		for i := range d.regions {
			head = append(head, d.region(i))
		}
		out = append(out, head)
		for _, p := range d.periods {
			row := []string{p}
			for _, r := range d.regions {
				row = append(row, d.number(d.key(r, "", p)))
			}
			out = append(out, row)
		}
		return out
	}
	for i, p := range d.periods {
		if d.layout == "months" {
			p = strings.ToUpper(months[i][:1]) + months[i][1:]
		}
		head = append(head, p)
	}
	out = append(out, head)
	for i, r := range d.regions {
		row := d.named(i)
		for _, p := range d.periods {
			row = append(row, d.number(d.key(r, "", p)))
		}
		out = append(out, row)
	}
	return out
}

func (d *drawn) long(head []string) [][]string {
	sexes := []string{""}
	if d.sexes != nil {
		head, sexes = append(head, "sex"), d.sexes
	}
	out := [][]string{append(head, "time", "value")}
	for _, p := range d.periods {
		for i, r := range d.regions {
			for _, s := range sexes {
				row := d.named(i)
				if s != "" {
					row = append(row, s)
				}
				out = append(out, append(row, p, d.number(d.key(r, s, p))))
			}
		}
	}
	return out
}

// text writes the table in its encoding.
func (d *drawn) text(t *rapid.T) string {
	sep := string(separators[d.separator])
	var b strings.Builder
	if d.title != "" {
		b.WriteString(strings.ReplaceAll(d.title, ",", ""))
	}
	for _, row := range d.grid() {
		for i, c := range row {
			if i > 0 {
				b.WriteString(sep)
			}
			if strings.Contains(c, sep) {
				c = `"` + c + `"`
			}
			b.WriteString(c)
		}
		b.WriteString("\r\n")
	}
	var e encoding.Encoding
	switch d.encoding {
	case "utf-8":
		return b.String()
	case "utf-8 with BOM":
		return "\ufeff" + b.String()
	case "utf-16":
		e = unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
	case "utf-16be":
		e = unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
	default:
		e = charmap.Windows1252
	}
	out, err := e.NewEncoder().String(b.String())
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestAnySpellingReadsTheSame writes a table in any separator, decimal sign,
// sign between thousands, encoding and layout, and reads it back by the mapping
// that is proposed.
func TestAnySpellingReadsTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := drawTable(t)
		text := d.text(t)
		p, err := Propose(strings.NewReader(text), "t.csv", Options{})
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		if d.layout == "months" {
			p.Mapping.Fixed = "2024"
		}
		r, err := NewReader(strings.NewReader(text), "t.csv", p.Mapping, Options{})
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		got := map[string]float64{}
		var s stats.Series
		for err = r.Next(&s); err == nil; err = r.Next(&s) {
			for i := range s.Len() {
				got[d.key(s.Region, strings.Join(s.Key, " "), s.Periods[i].String())] = s.Values[i]
			}
		}
		if diff := cmp.Diff(d.values, got); diff != "" {
			t.Fatalf("%v (-want +got):\n%s\n%s\n%+v", err, diff, text, p.Mapping)
		}
	})
}
