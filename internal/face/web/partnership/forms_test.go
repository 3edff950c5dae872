package partnership

import (
	"context"
	"net/url"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"peerscape/data"
	"peerscape/internal/exchange/content"
	exchange "peerscape/internal/exchange/partnership"
	"peerscape/internal/face/locale"
	"peerscape/internal/nuts"
)

func english(t *testing.T) context.Context {
	t.Helper()
	words, err := locale.Open(data.Messages())
	if err != nil {
		t.Fatal(err)
	}
	return locale.With(context.Background(), words.Reader("en"))
}

// walk visits all controls, those of rows too.
func walk(controls []control, visit func(c *control)) {
	for i := range controls {
		visit(&controls[i])
		if controls[i].rows != nil {
			walk(controls[i].rows.controls, visit)
		}
	}
}

func TestEveryQuestionHasItsWords(t *testing.T) {
	ctx := english(t)
	for _, k := range exchange.Kinds() {
		if len(forms[k]) == 0 {
			t.Errorf("%s asks nothing", k)
		}
		walk(forms[k], func(c *control) {
			words := locale.From(ctx)
			if words.Or("partnership.field."+c.name, "") == "" {
				t.Errorf("%s: %s has no label", k, c.name)
			}
			if c.hint && words.Or("partnership.hint."+c.name, "") == "" {
				t.Errorf("%s: %s has no hint", k, c.name)
			}
		})
	}
}

// What a form shows, sent back as it is, changes nothing.
func TestAFormSentUntouchedChangesNothing(t *testing.T) {
	ctx := english(t)
	now := time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
	text := func(s string) content.Text { return content.Write("fi", s, now) }
	year := &exchange.Figure{Value: 12.5, Year: 2024}
	source := []exchange.Source{{Title: "A report", URL: "https://example.org/", Date: "2024-05", Mark: exchange.Derived}}
	span := exchange.Span{From: "2024-01", To: "2024-12-31"}
	for _, x := range []exchange.Part{
		&exchange.Profile{Short: "A", Title: text("t"), Summary: text("a\n\nb"), Programme: "p", Period: "2021-2027", Budget: &exchange.Money{Amount: 5, Currency: "PLN"}, Website: "https://example.org", Themes: []string{"talent", "skills"}, Span: span, Sources: source},
		&exchange.Phase{Name: text("n"), Span: span, Planned: "2024-06-30", Sources: source},
		&exchange.Semester{Number: 3, Span: span, Due: "2025-01-31"},
		&exchange.Organisation{Name: "o", English: "e", Country: "FI", Sort: "agency", Website: "https://example.org", Sources: source},
		&exchange.Partner{Role: exchange.Lead, Span: span, Holders: []exchange.Holder{{Organisation: "a", Span: span}, {Organisation: "b"}}, Regions: []exchange.Territory{{Code: "FI1C3", Version: 2021, Focus: true}, {Code: "AT12", Version: 2024}}, Sources: source},
		&exchange.Instrument{Name: text("n"), About: text("x"), Sort: "erdf", Authority: "m", Responsible: "r", Partners: []string{"p"}, Indicator: exchange.Indicator{Name: text("i"), Unit: "%", Baseline: year, Target: year, Current: year}, Sources: source},
		&exchange.Group{Instrument: "i", About: text("x"), Members: []exchange.Member{{Organisation: "o", Sort: "firm", Account: "keeps", Span: span}}, Sources: source},
		&exchange.Activity{Name: text("n"), Sort: "workshop", Span: span, Place: "Lahti", Online: true, Host: "h", People: 40, AtLeast: true, Facts: text("f"), Sources: source},
		&exchange.Result{Learner: "l", From: "f", Instrument: "i", Inspired: text("s"), Change: text("c"), Types: []int{1, 3}, Sources: source},
	} {
		t.Run(string(x.Kind()), func(t *testing.T) {
			body := written(t, x)
			f := &form{p: &exchange.Partnership{}, part: x, lang: "en", now: now.Add(time.Hour), find: func(string) (nuts.ID, bool) { return nuts.ID{}, false }}
			sent := url.Values{}
			f.send(ctx, forms[x.Kind()], x, "", sent)
			f.values = sent
			if field, err := f.read(forms[x.Kind()]); err != nil {
				t.Fatalf("%s: %v", field, err)
			}
			if diff := cmp.Diff(body, written(t, x)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// send fills a form as a browser does that nobody touched.
func (f *form) send(ctx context.Context, controls []control, x any, prefix string, into url.Values) {
	for i := range controls {
		c := &controls[i]
		if c.rows == nil {
			for _, v := range f.have(c, x, prefix) {
				if v != "" || f.shape(c, x) != "tick" {
					into.Add(prefix+c.name, v)
				}
			}
			continue
		}
		for n := range f.count(c, x, prefix) {
			f.send(ctx, c.rows.controls, f.row(c, x, n), rowPrefix(c, prefix, n), into)
		}
	}
}

func written(t *testing.T, x exchange.Part) string {
	t.Helper()
	b, err := exchange.Encode(x)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// A row that is emptied goes with all that it holds; the others keep theirs.
func TestAnEmptiedRowGoes(t *testing.T) {
	x := &exchange.Group{Members: []exchange.Member{{Organisation: "a", Sort: "firm", Account: "1"}, {Organisation: "b", Sort: "agency", Account: "2"}, {Organisation: "c", Sort: "firm", Account: "3"}}}
	f := &form{p: &exchange.Partnership{}, part: x, lang: "en", values: url.Values{
		"members.0.organisation": {" "}, "members.0.sort": {"firm"}, "members.1.organisation": {"b"}, "members.1.sort": {"agency"}, "members.1.account": {"2"}, "members.0.account": {"1"},
		"members.2.organisation": {"c"}, "members.2.sort": {"network"}, "members.2.account": {"3"}, "members.3.organisation": {"d"}, "members.3.sort": {"firm"},
	}}
	if field, err := f.read(forms[exchange.GroupKind][2:3]); err != nil {
		t.Fatalf("%s: %v", field, err)
	}
	want := []exchange.Member{{Organisation: "b", Sort: "agency", Account: "2"}, {Organisation: "c", Sort: "network", Account: "3"}, {Organisation: "d", Sort: "firm"}}
	if diff := cmp.Diff(want, x.Members); diff != "" {
		t.Error(diff)
	}
}

func TestSlugs(t *testing.T) {
	for name, want := range map[string]string{"Next2Met": "next2met", "Lakes & Cities": "lakes-cities", "Päijät-Häme / Łódź": "paijat-hame-lodz", "—": "", "  Süd  ": "sud"} {
		if got := slugOf(name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}

func FuzzForm(f *testing.F) {
	f.Add("partners", "holders.0.organisation=a&holders.0.from=2024&regions.0.region=FI1C6&role=lead")
	f.Add("instruments", "name=x&baseline=1,5&baseline-year=2024&sources.0.source=s&sources.0.mark=derived")
	f.Add("profile", "short=x&budget=1 000&currency=eur&themes=talent&themes=x&from=2024-02-30")
	f.Fuzz(func(t *testing.T, kind, body string) {
		x, err := exchange.New(exchange.Kind(kind))
		if err != nil {
			return
		}
		sent, _ := url.ParseQuery(body) // what can be read of it
		v := &form{p: &exchange.Partnership{}, part: x, lang: "en", values: sent, find: func(s string) (nuts.ID, bool) { return nuts.ID{Code: "FI1C6", Version: 2024}, s != "" }}
		if _, err := v.read(forms[x.Kind()]); err != nil {
			return
		}
		_, _ = exchange.Encode(x) // refuses, and never takes the program down
	})
}
