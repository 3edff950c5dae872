package partnership

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"peerscape/internal/exchange/content"
	exchange "peerscape/internal/exchange/partnership"
	"peerscape/internal/exchange/people"
	"peerscape/internal/face/component"
	"peerscape/internal/face/locale"
	"peerscape/internal/face/web/page"
)

// translateView is the texts of a part side by side: original and another
// language.
type translateView struct {
	problem *component.Problem
	p       *exchange.Partnership
	part    exchange.Part
	to      content.Lang
	langs   []locale.Lang
	rows    []wordingRow
}

// wordingRow is one text in two languages.
type wordingRow struct {
	field    exchange.TextField
	original content.Wording
	have     content.Wording // empty where there is none
	outdated bool
	sent     string // what was sent and could not be taken
}

func (s *Pages) translate(ctx context.Context, r *http.Request) (*page.Answer, error) {
	v, err := s.openTranslation(ctx, r, r.URL.Query().Get("to"))
	if err != nil {
		return nil, err
	}
	return s.translatePage(ctx, v, 0), nil
}

func (s *Pages) openTranslation(ctx context.Context, r *http.Request, to string) (*translateView, error) {
	p, err := s.at(ctx, r)
	if err != nil {
		return nil, err
	}
	if err := page.Actor(ctx).May(people.TranslateContent, people.Object{Partnership: p.ID}); err != nil {
		return nil, err
	}
	x, err := p.Part(exchange.Kind(r.PathValue("kind")), r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	v := &translateView{p: p, part: x, langs: locale.Languages(ctx)}
	if v.to, err = content.ParseLang(to); err != nil {
		v.to = s.nextLang(ctx, x)
	}
	for _, f := range x.Texts() {
		o := f.Text.Original()
		if o.Value == "" || o.Lang == v.to {
			continue
		}
		row := wordingRow{field: f, original: o, outdated: f.Text.Outdated(v.to)}
		row.have, _ = f.Text.In(v.to)
		v.rows = append(v.rows, row)
	}
	return v, nil
}

// nextLang is the reader's language, or the first that is not the original's.
func (s *Pages) nextLang(ctx context.Context, x exchange.Part) content.Lang {
	original := content.Lang("")
	for _, f := range x.Texts() {
		if original == "" {
			original = f.Text.Original().Lang
		}
	}
	if own := content.Lang(locale.Code(ctx)); own != original {
		return own
	}
	for _, l := range locale.Languages(ctx) {
		if content.Lang(l.Code) != original {
			return content.Lang(l.Code)
		}
	}
	return original
}

func (s *Pages) translatePage(ctx context.Context, v *translateView, status int) *page.Answer {
	title := locale.T(ctx, "translate.title")
	return &page.Answer{
		Title: title, Section: "partnerships", Crumbs: crumbs(ctx, v.p, locale.T(ctx, "partnership.kind."+string(v.part.Kind())), title),
		Body: translatePage(v), Status: status,
	}
}

func (s *Pages) saveTranslation(ctx context.Context, r *http.Request) (*page.Answer, error) {
	v, err := s.openTranslation(ctx, r, r.PostFormValue("to"))
	if err != nil {
		return nil, err
	}
	seen, _ := strconv.Atoi(r.PostFormValue("version"))
	all := map[string]content.Translation{}
	for i, row := range v.rows {
		sent := r.PostFormValue(row.field.Name)
		v.rows[i].sent = sent
		checked := r.PostFormValue("checked."+row.field.Name) != ""
		if sent == row.have.Value && !checked {
			continue
		}
		all[row.field.Name] = content.Translation{
			Lang: v.to, Value: sent, Mark: content.Translated, From: row.original.Lang,
			Seen: seenAt(r.PostFormValue("seen."+row.field.Name), row.original.At), At: s.Now(),
		}
	}
	err = s.register.Translate(ctx, page.Actor(ctx), v.p.ID, v.part.Kind(), v.part.Self().ID, seen, all)
	if said, status, ok := page.Said(ctx, err); ok {
		v.problem = said
		return s.translatePage(ctx, v, status), nil
	}
	if err != nil {
		return nil, err
	}
	return &page.Answer{Redirect: path(v.p) + "#" + string(v.part.Kind())}, nil
}

// seenAt is the time of the original that stood beside the translation, as the
// form kept it.
func seenAt(s string, original time.Time) time.Time {
	if t, err := time.Parse(time.RFC3339Nano, s); err == nil {
		return t
	}
	return original
}

// input is the control of a translation.
func (row wordingRow) input(ctx context.Context, v *translateView) component.Field {
	f := component.Field{
		ID: row.field.Name, Name: row.field.Name, Label: locale.T(ctx, "translate.into", "Lang", v.langName()), Most: row.field.Most,
		Value: row.have.Value, Lang: string(v.to), Optional: true, Unsaid: true, Rows: 1,
	}
	if row.field.Lines {
		f.Rows = 6
	} else if row.field.Most > 100 {
		f.Rows = 2
	}
	if row.sent != "" {
		f.Value = row.sent
	}
	return f
}

// why says what is to be checked in a translation.
func (row wordingRow) why(ctx context.Context) string {
	if row.have.Mark == content.Machine {
		return locale.T(ctx, "content.machine")
	}
	return locale.T(ctx, "content.outdated")
}

func (v *translateView) langName() string {
	for _, l := range v.langs {
		if l.Code == string(v.to) {
			return l.Name
		}
	}
	return string(v.to)
}
