// Package notice answers the pages on which people read what they were told, and
// choose how often they get letters about it.
//
// It decides nothing: exchange/notice does; the sentences are face/letter's. Start
// with Routes.
package notice

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"peerscape/internal/exchange/notice"
	"peerscape/internal/exchange/people"
	"peerscape/internal/face/component"
	"peerscape/internal/face/letter"
	"peerscape/internal/face/locale"
	"peerscape/internal/face/web/page"
	"peerscape/internal/face/web/place"
	"peerscape/internal/fault"
	"peerscape/internal/nuts"
)

// Pages answers the pages of this folder.
type Pages struct {
	*page.Site
	center       *notice.Center
	people       *people.Directory
	partnerships letter.Names
	places       *place.Gazetteer
	mails        bool // whether letters go out
}

// Open makes the pages.
func Open(s *page.Site, c *notice.Center, d *people.Directory, partnerships letter.Names, places *place.Gazetteer) *Pages {
	return &Pages{Site: s, center: c, people: d, partnerships: partnerships, places: places, mails: c.Queue != nil}
}

// Routes adds the pages to mux.
func (s *Pages) Routes(mux page.Router) {
	for pattern, action := range map[string]page.Action{
		"GET /notices":              s.list,
		"POST /notices/read":        s.readAll,
		"GET /notices/letters":      s.letters,
		"POST /notices/letters":     s.choose,
		"GET /notices/{id}":         s.open,
		"GET /unsubscribe/{token}":  s.unsubscribe,
		"POST /unsubscribe/{token}": s.end,
	} {
		mux.Handle(pattern, s.Handle(action))
	}
}

// listView is the list of notices, by days.
type listView struct {
	days  []day
	read  string // the newest moment on the page, for the button; empty: all is read
	older string // address of older ones
	first bool   // whether it is the page of the newest
}

type day struct {
	title string
	rows  []row
}

type row struct {
	href string
	over string
	text string
	meta string
	new  bool
}

func (s *Pages) list(ctx context.Context, r *http.Request) (*page.Answer, error) {
	a := page.Actor(ctx)
	before, err := after(r)
	if err != nil {
		return nil, err
	}
	list, more, err := s.center.List(ctx, a, before)
	if err != nil {
		return nil, err
	}
	facts, err := letter.Gather(ctx, list, s.people, s.partnerships, func(code string) string { return s.region(ctx, code) })
	if err != nil {
		return nil, err
	}
	v := &listView{first: before == nil}
	zone := s.center.ZoneOf(a.Zone)
	for i := range list {
		n := &list[i]
		at := n.At.In(zone)
		title := locale.From(ctx).Date(at)
		if len(v.days) == 0 || v.days[len(v.days)-1].title != title {
			v.days = append(v.days, day{title: title})
		}
		x := row{over: facts.Partnerships[n.Partnership], text: letter.Sentence(ctx, n, facts), meta: locale.From(ctx).Clock(at), new: n.Read.IsZero()}
		if by := facts.People[n.By]; by != "" {
			x.meta += " · " + by
		}
		if n.Path != "" {
			x.href = "/notices/" + strconv.FormatInt(n.ID, 10)
		}
		if x.new && v.read == "" {
			v.read = n.At.UTC().Format(time.RFC3339Nano)
		}
		v.days[len(v.days)-1].rows = append(v.days[len(v.days)-1].rows, x)
	}
	if more {
		last := list[len(list)-1]
		v.older = "/notices?before=" + last.At.UTC().Format("20060102T150405.000Z") + "-" + strconv.FormatInt(last.ID, 10)
	}
	return &page.Answer{Title: locale.T(ctx, "notice.title"), Body: listPage(v)}, nil
}

// after reads from the address after which notice the page begins.
func after(r *http.Request) (*notice.Notice, error) {
	s := r.URL.Query().Get("before")
	if s == "" {
		return nil, nil
	}
	at, id := s, ""
	if len(s) > 20 {
		at, id = s[:20], s[21:]
	}
	t, err := time.Parse("20060102T150405.000Z", at)
	n, wrong := strconv.ParseInt(id, 10, 64)
	if err != nil || wrong != nil {
		return nil, fault.New(fault.Missing, "notice.missing", "there is no such notice").Do("Choose one of the list")
	}
	return &notice.Notice{ID: n, At: t}, nil
}

// region names a region by its code.
func (s *Pages) region(ctx context.Context, code string) string {
	if r, ok := s.Regions.Newest(nuts.Code(code)); ok {
		return s.places.Name(ctx, r)
	}
	return code
}

// open leads to what a notice tells of, and marks it as read.
func (s *Pages) open(ctx context.Context, r *http.Request) (*page.Answer, error) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		id = 0 // nobody's
	}
	n, err := s.center.Open(ctx, page.Actor(ctx), id)
	if err != nil {
		return nil, err
	}
	to := n.Path
	if to == "" {
		to = "/notices"
	}
	return &page.Answer{Redirect: page.Local(to)}, nil
}

func (s *Pages) readAll(ctx context.Context, r *http.Request) (*page.Answer, error) {
	until, err := time.Parse(time.RFC3339Nano, r.PostFormValue("until"))
	if err != nil || until.After(s.Now()) {
		until = s.Now()
	}
	return &page.Answer{Redirect: "/notices"}, s.center.ReadAll(ctx, page.Actor(ctx), until)
}

// lettersView is the page on which a person chooses how often she is written to.
type lettersView struct {
	problem *component.Problem
	done    string
	choices []notice.Choice
	email   string
	mails   bool
}

func (s *Pages) letters(ctx context.Context, r *http.Request) (*page.Answer, error) {
	v := &lettersView{}
	if r.URL.Query().Get("done") == "saved" {
		v.done = locale.T(ctx, "letters.saved")
	}
	return s.lettersPage(ctx, v, 0)
}

func (s *Pages) lettersPage(ctx context.Context, v *lettersView, status int) (*page.Answer, error) {
	a := page.Actor(ctx)
	var err error
	if v.choices, err = s.center.Choices(ctx, a); err != nil {
		return nil, err
	}
	own, err := s.people.Own(ctx, a)
	if err != nil {
		return nil, err
	}
	v.email, v.mails = own.Account.Email, s.mails
	title := locale.T(ctx, "letters.title")
	crumbs := []component.Crumb{{Text: locale.T(ctx, "notice.title"), Href: "/notices"}, {Text: title}}
	return &page.Answer{Title: title, Crumbs: crumbs, Body: lettersPage(v), Status: status}, nil
}

func (s *Pages) choose(ctx context.Context, r *http.Request) (*page.Answer, error) {
	want := map[notice.Kind]notice.Rhythm{}
	for _, k := range notice.Rules() {
		if v := r.PostFormValue(string(k.Kind)); v != "" && !k.Fixed {
			want[k.Kind] = notice.Rhythm(v)
		}
	}
	err := s.center.Choose(ctx, page.Actor(ctx), want)
	if p, status, ok := page.Said(ctx, err); ok {
		return s.lettersPage(ctx, &lettersView{problem: p}, status)
	}
	return &page.Answer{Redirect: "/notices/letters?done=saved"}, err
}

// unsubscribe asks before it ends the letters: programs that look at every link of
// a letter must end nothing.
func (s *Pages) unsubscribe(ctx context.Context, r *http.Request) (*page.Answer, error) {
	if err := s.center.Subscribed(r.PathValue("token")); err != nil {
		return nil, err
	}
	return &page.Answer{Title: locale.T(ctx, "letters.end"), Body: endPage(r.URL.Path, false), Private: true}, nil
}

// end ends the letters: by the button of the page, or by the mail program itself
// (RFC 8058), which brings no cookie.
func (s *Pages) end(ctx context.Context, r *http.Request) (*page.Answer, error) {
	if err := s.center.Unsubscribe(ctx, r.PathValue("token")); err != nil {
		return nil, err
	}
	return &page.Answer{Title: locale.T(ctx, "letters.ended"), Body: endPage(r.URL.Path, true), Private: true}, nil
}
