package partnership_test

import (
	"testing"

	"peerscape/data"
	"peerscape/internal/exchange/content"
	"peerscape/internal/exchange/partnership"
	"peerscape/internal/exchange/people"
	"peerscape/internal/fault"
)

// The demonstration is set up once, whole, and stays as it is at a second try.
func TestDemo(t *testing.T) {
	each(t, func(w *world) {
		done := must(w, func() ([]partnership.Demo, error) { return w.LoadDemo(w.ctx, w.admin, data.Demo()) })
		w.admin = w.person(w.admin, people.Administrator, "", "")
		_, err := w.LoadDemo(w.ctx, w.admin, data.Demo())
		wantFault(t, err, fault.Conflict, "partnership.slug-taken")
		p := w.get(people.Nobody(), "next2met")
		if len(done) != 1 || !p.Public || len(p.Instruments()) != 6 || len(p.Results()) != 6 || len(p.Partners()) != 7 {
			t.Errorf("%+v", done)
		}
		lead := p.HeldBy(p.PartnersOn("2020-01-14")[0], "2020-01-14")
		if len(lead) != 1 || lead[0].Country != "FI" {
			t.Errorf("the lead in January 2020 is %+v", lead)
		}
		for _, k := range partnership.Kinds() {
			for _, x := range p.All(k) {
				for _, f := range x.Texts() {
					for _, lang := range []content.Lang{"en", "fi", "de", "es", "pl"} {
						if _, ok := f.Text.In(lang); !ok && !f.Text.IsZero() && f.Name != "facts" && f.Name != "about" {
							t.Errorf("%s %q has no %s in %s", k, f.Text.Original().Value, f.Name, lang)
						}
					}
				}
			}
		}
	})
}
