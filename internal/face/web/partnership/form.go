package partnership

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"peerscape/internal/exchange/content"
	exchange "peerscape/internal/exchange/partnership"
	"peerscape/internal/exchange/people"
	"peerscape/internal/face/component"
	"peerscape/internal/face/locale"
	"peerscape/internal/fault"
	"peerscape/internal/nuts"
)

// control is one question of a form: what it is called, how it is asked and where
// the answer stands.
type control struct {
	name     string
	ref      func(x any) any // pointer to the answer within a part or a row
	options  func(ctx context.Context, f *form) []component.Option
	most     int // characters of a line
	lines    int // of a long text
	optional bool
	half     bool // it stands beside its neighbour
	hint     bool // it has one, partnership.hint.<name>
	rows     *rows
}

// rows are answers that may be given several times.
type rows struct {
	length   func(x any) int
	at       func(x any, i int) any
	resize   func(x any, n int)
	swap     func(x any, i, k int)
	empty    func() any
	controls []control
	spare    int // empty ones to fill in
}

// on makes the place of an answer out of a typed function.
func on[T any](f func(*T) any) func(any) any { return func(x any) any { return f(x.(*T)) } }

// listOf makes rows out of a slice.
func listOf[P, R any](list func(*P) *[]R, spare int, controls ...control) *rows {
	return &rows{
		length: func(x any) int { return len(*list(x.(*P))) },
		at:     func(x any, i int) any { return &(*list(x.(*P)))[i] },
		resize: func(x any, n int) { resize(list(x.(*P)), n) },
		swap: func(x any, i, k int) {
			l := *list(x.(*P))
			l[i], l[k] = l[k], l[i]
		},
		empty:    func() any { return new(R) },
		controls: controls, spare: spare,
	}
}

// resize keeps what is there, so that what a form does not ask stays.
func resize[R any](list *[]R, n int) {
	if n > len(*list) {
		*list = append(*list, make([]R, n-len(*list))...)
	}
	*list = (*list)[:n]
}

// form is a part that is being written.
type form struct {
	p      *exchange.Partnership
	part   exchange.Part
	lang   content.Lang // in which new texts are written
	now    time.Time
	values url.Values // what was sent and could not be taken; nil: as the part stands
	places func(ctx context.Context, code nuts.Code) string
	themes []exchange.Theme
	staff  []people.Colleague // of the partnership, former ones too
	find   func(text string) (nuts.ID, bool)
}

// pairs of a number and what it counts, one of which may be missing.
type (
	figureValue struct{ f **exchange.Figure }
	figureYear  struct{ f **exchange.Figure }
	amount      struct{ m **exchange.Money }
	currency    struct{ m **exchange.Money }
	region      struct{ t *exchange.Territory }
)

// answer returns what stands at a place as a form shows it; of several choices,
// all.
func (f *form) answer(ref any) []string {
	switch v := ref.(type) {
	case *string:
		return []string{*v}
	case *exchange.Date:
		return []string{string(*v)}
	case *exchange.Role:
		return []string{string(*v)}
	case *exchange.Mark:
		return []string{string(*v)}
	case *content.Text:
		return []string{v.Original().Value}
	case *[]string:
		return *v
	case *[]int:
		var out []string
		for _, n := range *v {
			out = append(out, strconv.Itoa(n))
		}
		return out
	case *int:
		return []string{nonZero(*v)}
	case *bool:
		if *v {
			return []string{"1"}
		}
		return []string{""}
	}
	return []string{pairText(ref)}
}

func nonZero(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func pairText(ref any) string {
	switch v := ref.(type) {
	case figureValue:
		if *v.f != nil {
			return strconv.FormatFloat((*v.f).Value, 'f', -1, 64)
		}
	case figureYear:
		if *v.f != nil {
			return nonZero((*v.f).Year)
		}
	case amount:
		if *v.m != nil {
			return strconv.FormatInt((*v.m).Amount, 10)
		}
	case currency:
		if *v.m != nil {
			return (*v.m).Currency
		}
	case region:
		if v.t.Code != "" {
			return string(v.t.Code)
		}
	}
	return ""
}

// set writes an answer to its place.
func (f *form) set(c *control, ref any, name string) error {
	value := f.values.Get(name)
	switch v := ref.(type) {
	case *content.Text:
		return f.setText(c, v, value)
	case *[]string:
		*v = f.values[name]
		return nil
	case *[]int:
		*v = nil
		for _, s := range f.values[name] {
			n, err := number(c.name, s)
			if err != nil {
				return err
			}
			*v = append(*v, n)
		}
		return nil
	case *bool:
		*v = value != ""
		return nil
	}
	value, err := content.Field{Name: c.name, Most: max(c.most, 40)}.Clean(value)
	if err != nil {
		return err
	}
	switch v := ref.(type) {
	case *string:
		*v = value
	case *exchange.Date:
		*v = exchange.Date(value)
	case *exchange.Role:
		*v = exchange.Role(value)
	case *exchange.Mark:
		*v = exchange.Mark(value)
	case *int:
		*v, err = number(c.name, value)
	case region:
		return f.setRegion(v, value)
	default:
		return setPair(c.name, ref, value)
	}
	return err
}

func number(name, s string) (int, error) {
	if s == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0, notNumber(name, s)
	}
	return n, nil
}

func notNumber(name, s string) error {
	return fault.New(fault.Invalid, "partnership.number", "%q is no number", fault.Clip(s, 20)).With("value", fault.Clip(s, 20)).With("field", name).Do("Write digits")
}

// setText writes the original of a text in the language that it has, or in that
// of the form.
func (f *form) setText(c *control, t *content.Text, value string) error {
	for _, x := range f.part.Texts() {
		if x.Text != t {
			continue
		}
		clean, err := content.Field{Name: c.name, Most: x.Most, Lines: x.Lines}.Clean(value)
		if err != nil {
			return err
		}
		lang := f.lang
		if original := t.Original().Lang; original != "" {
			lang = original
		}
		*t, err = t.Set(lang, clean, f.now)
		return err
	}
	return fmt.Errorf("%s is no text of %s", c.name, f.part.Kind())
}

// setPair writes one half of a pair; a pair without its number is none.
func setPair(name string, ref any, value string) error {
	switch v := ref.(type) {
	case figureValue:
		if *v.f = nil; value == "" {
			return nil
		}
		x, err := strconv.ParseFloat(strings.ReplaceAll(value, ",", "."), 64)
		if err != nil {
			return notNumber(name, value)
		}
		*v.f = &exchange.Figure{Value: x}
	case figureYear:
		n, err := number(name, value)
		if err == nil && *v.f != nil {
			(*v.f).Year = n
		}
		return err
	case amount:
		if *v.m = nil; value == "" {
			return nil
		}
		n, err := strconv.ParseInt(strings.NewReplacer(" ", "", "\u00a0", "", "\u202f", "").Replace(value), 10, 64)
		if err != nil {
			return notNumber(name, value)
		}
		*v.m = &exchange.Money{Amount: n, Currency: "EUR"}
	case currency:
		if *v.m != nil && value != "" {
			(*v.m).Currency = strings.ToUpper(value)
		}
	}
	return nil
}

// setRegion takes a code or a name; one that stands already keeps its version.
func (f *form) setRegion(v region, value string) error {
	if value == "" || nuts.Canonical(value) == v.t.Code && v.t.Version != 0 {
		return nil
	}
	id, ok := f.find(value)
	if !ok {
		return fault.New(fault.Invalid, "partnership.region", "there is no region %s", fault.Clip(value, 40)).
			With("code", fault.Clip(value, 40)).With("version", int(nuts.Current)).Do("Search for the region by its name")
	}
	v.t.Code, v.t.Version = id.Code, id.Version
	return nil
}

// read takes what was sent into the part. It returns the field that is wrong with
// the fault.
func (f *form) read(controls []control) (field string, err error) {
	return f.readAll(controls, f.part, "")
}

func (f *form) readAll(controls []control, x any, prefix string) (string, error) {
	for i := range controls {
		c := &controls[i]
		name := prefix + c.name
		if c.rows != nil {
			if field, err := f.readRows(c, x, name); err != nil {
				return field, err
			}
			continue
		}
		if err := f.set(c, c.ref(x), name); err != nil {
			return name, err
		}
	}
	return "", nil
}

// mostRows bounds what is looked at; the part's own bounds are lower.
const mostRows = 300

// readRows takes the rows whose first answer is given, in their order.
func (f *form) readRows(c *control, x any, name string) (string, error) {
	kept, had := 0, c.rows.length(x)
	for i := range mostRows {
		prefix := fmt.Sprintf("%s.%d.", name, i)
		if !f.values.Has(prefix + c.rows.controls[0].name) {
			break
		}
		if strings.TrimSpace(f.values.Get(prefix+c.rows.controls[0].name)) == "" {
			continue
		}
		// What a row holds and no control asks goes with the row.
		if i < had {
			c.rows.swap(x, i, kept)
		} else {
			c.rows.resize(x, kept)
			c.rows.resize(x, kept+1)
		}
		if field, err := f.readAll(c.rows.controls, c.rows.at(x, kept), prefix); err != nil {
			return field, err
		}
		kept++
	}
	c.rows.resize(x, kept)
	return "", nil
}

// choices returns the options of a control, and keeps a value that is no longer
// among them.
func (f *form) choices(ctx context.Context, c *control, have []string) []component.Option {
	out := c.options(ctx, f)
	for _, v := range have {
		if v != "" && !slices.ContainsFunc(out, func(o component.Option) bool { return o.Value == v }) {
			out = append(out, component.Option{Value: v, Text: v})
		}
	}
	return out
}

// label is what a control is called.
func label(ctx context.Context, name string) string { return locale.T(ctx, "partnership.field."+name) }
