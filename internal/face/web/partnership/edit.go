package partnership

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"

	"peerscape/internal/exchange/content"
	exchange "peerscape/internal/exchange/partnership"
	"peerscape/internal/exchange/people"
	"peerscape/internal/face/component"
	"peerscape/internal/face/locale"
	"peerscape/internal/face/web/page"
	"peerscape/internal/fault"
	"peerscape/internal/nuts"
)

// editView is the form of a part.
type editView struct {
	*form
	problem  *component.Problem
	joined   bool // what others wrote since was joined with what was sent
	clashes  []clash
	controls []control
	langs    []locale.Lang
}

// clash is a field that somebody else has changed too.
type clash struct{ field, mine, theirs string }

// open returns the form of the part of an address, a copy of what stands.
func (s *Pages) open(ctx context.Context, r *http.Request) (*editView, error) {
	p, err := s.at(ctx, r)
	if err != nil {
		return nil, err
	}
	k := exchange.Kind(r.PathValue("kind"))
	x, err := exchange.New(k)
	if err == nil && r.PathValue("id") != "new" {
		x, err = p.Part(k, r.PathValue("id"))
	}
	if err != nil {
		return nil, err
	}
	if n, ok := x.(*exchange.Semester); ok && n.ID == "" {
		n.Number = len(p.Semesters()) + 1
	}
	if err := s.register.Allowed(page.Actor(ctx), p, x); err != nil {
		return nil, err
	}
	var colleagues []people.Colleague
	if k == exchange.GroupKind {
		if colleagues, err = s.people.Colleagues(ctx, page.Actor(ctx), p.ID, true); err != nil {
			return nil, err
		}
	}
	return &editView{
		form: &form{
			staff: colleagues, p: p, part: x, lang: content.Lang(locale.Code(ctx)), now: s.Now(), themes: s.register.Themes, find: s.find,
			places: func(ctx context.Context, code nuts.Code) string {
				return s.places.NameOf(ctx, nuts.ID{Code: code, Version: nuts.Current})
			},
		},
		controls: forms[k], langs: locale.Languages(ctx),
	}, nil
}

// find returns the region of a code, or of a whole name in any spelling.
func (s *Pages) find(text string) (nuts.ID, bool) {
	id := nuts.ID{Code: nuts.Canonical(text), Version: nuts.Current}
	if _, ok := s.Regions.Region(id); ok {
		return id, true
	}
	for _, m := range s.Regions.Search(text, 5) {
		if m.Exact && m.Region.Version == nuts.Current {
			return m.Region.ID, true
		}
	}
	return nuts.ID{}, false
}

func (s *Pages) edit(ctx context.Context, r *http.Request) (*page.Answer, error) {
	v, err := s.open(ctx, r)
	if err != nil {
		return nil, err
	}
	return s.editPage(ctx, v, 0), nil
}

func (s *Pages) editPage(ctx context.Context, v *editView, status int) *page.Answer {
	title := locale.T(ctx, "partnership.new."+string(v.part.Kind()))
	if v.part.Self().ID != "" {
		title = locale.T(ctx, "partnership.edit."+string(v.part.Kind()))
	}
	return &page.Answer{Title: title, Section: "partnerships", Crumbs: crumbs(ctx, v.p, title), Body: editPage(v, title), Status: status}
}

func (s *Pages) save(ctx context.Context, r *http.Request) (*page.Answer, error) {
	v, err := s.open(ctx, r)
	if err != nil {
		return nil, err
	}
	if err := r.ParseForm(); err != nil {
		return nil, fault.New(fault.Invalid, "page.form", "what was sent is no form").Do("Send the form again").Because(err)
	}
	v.values = r.PostForm
	if lang, err := content.ParseLang(v.values.Get("lang")); err == nil {
		v.lang = lang
	}
	seen, _ := strconv.Atoi(v.values.Get("version")) // nonsense: a version that never was, and stale
	before := *v.part.Self()
	field, err := v.read(v.controls)
	if err == nil {
		v.part.Self().Version = seen
		err = s.register.Save(ctx, page.Actor(ctx), v.p.ID, v.part, v.values.Get("note"))
	}
	switch {
	case err == nil:
		return &page.Answer{Redirect: path(v.p) + "#" + string(v.part.Kind())}, nil
	case fault.KindOf(err) == fault.Stale && before.ID != "":
		return s.reconcile(ctx, r, v, seen)
	}
	*v.part.Self() = before
	return s.refused(ctx, v, field, err)
}

// refused shows the form again with what was sent, and what is wrong with it.
func (s *Pages) refused(ctx context.Context, v *editView, field string, err error) (*page.Answer, error) {
	p, status, ok := page.Said(ctx, err)
	if !ok {
		return nil, err
	}
	if p.Field = field; field == "" {
		p.Field = fieldOf(err)
	}
	v.problem = p
	return s.editPage(ctx, v, status), nil
}

// fieldOf returns the control that a fault names.
func fieldOf(err error) string {
	for e := err; e != nil; {
		f, ok := e.(*fault.Error)
		if ok {
			name, _ := f.Args["field"].(string)
			return name
		}
		u, ok := e.(interface{ Unwrap() error })
		if !ok {
			return ""
		}
		e = u.Unwrap()
	}
	return ""
}

// reconcile joins what was sent with what others wrote since the form was opened.
// Where both changed different fields it shows the joined form to be confirmed;
// where they changed the same, what the others wrote stands in it and what was
// sent beside.
func (s *Pages) reconcile(ctx context.Context, r *http.Request, v *editView, seen int) (*page.Answer, error) {
	base, err := s.register.Version(ctx, page.Actor(ctx), v.p, v.part.Kind(), v.part.Self().ID, seen)
	if err != nil {
		return nil, err
	}
	mine, err := exchange.Decode(v.part.Kind(), exchange.Entry{ID: v.part.Self().ID, Version: seen}, base.Body)
	if err != nil {
		return nil, err
	}
	f := *v.form
	f.part = mine
	if field, err := f.read(v.controls); err != nil {
		return s.refused(ctx, v, field, err)
	}
	joined, merged, err := s.register.Reconcile(ctx, page.Actor(ctx), v.p, mine)
	if err != nil {
		return nil, err
	}
	v.part, v.values, v.joined = joined, nil, true
	for _, c := range merged.Conflicts {
		v.clashes = append(v.clashes, clash{field: fieldName(ctx, c.Path), mine: plain(c.Mine), theirs: plain(c.Theirs)})
	}
	return s.editPage(ctx, v, http.StatusConflict), nil
}

// plain writes a value of a body for people.
func plain(raw json.RawMessage) string {
	var v any
	if len(raw) == 0 || json.Unmarshal(raw, &v) != nil {
		return "–"
	}
	switch v := v.(type) {
	case string:
		return v
	case map[string]any:
		if s, ok := v["value"].(string); ok {
			return s
		}
	}
	return string(raw)
}

func (s *Pages) remove(ctx context.Context, r *http.Request) (*page.Answer, error) {
	p, err := s.at(ctx, r)
	if err != nil {
		return nil, err
	}
	seen, _ := strconv.Atoi(r.PostFormValue("version"))
	k, id := exchange.Kind(r.PathValue("kind")), r.PathValue("id")
	if err := s.register.Remove(ctx, page.Actor(ctx), p.ID, k, id, seen); err != nil {
		v, openErr := s.open(ctx, r)
		if openErr != nil {
			return nil, err
		}
		return s.refused(ctx, v, "", err)
	}
	return &page.Answer{Redirect: path(p) + "?" + url.Values{"removed": {string(k) + "/" + id}}.Encode()}, nil
}
