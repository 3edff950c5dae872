package upload

import (
	"context"
	"fmt"
	"net/http"
	"net/url"

	"github.com/a-h/templ"

	"peerscape/internal/exchange/content"
	"peerscape/internal/exchange/people"
	files "peerscape/internal/exchange/upload"
	"peerscape/internal/face/component"
	"peerscape/internal/face/locale"
	"peerscape/internal/face/web/page"
	"peerscape/internal/fault"
	"peerscape/internal/machinery/media"
)

// fileView is the page of a file.
type fileView struct {
	*files.File
	owner   string
	may     bool // change it
	typed   files.Description
	done    string
	problem *component.Problem
}

// find returns the file of a request. Whoever has not signed in, or lacks a second
// factor that a role of hers needs, is sent to do so, whether there is such a file
// or not.
func (s *Upload) find(ctx context.Context, r *http.Request) (*files.File, error) {
	a := page.Actor(ctx)
	f, err := s.files.Get(ctx, a, r.PathValue("id"))
	if in := a.In(); in != nil && fault.KindOf(err) == fault.Missing {
		return nil, in
	}
	return f, err
}

func (s *Upload) show(ctx context.Context, r *http.Request) (*page.Answer, error) {
	f, err := s.find(ctx, r)
	if err != nil {
		return nil, err
	}
	v := &fileView{File: f, typed: files.Description{Alt: f.Alt.Original().Value, Credit: f.Credit, Public: f.Public}}
	if r.URL.Query().Get("done") == "saved" {
		v.done = locale.T(ctx, "files.saved")
	}
	return s.filePage(ctx, r, v, 0)
}

func (s *Upload) filePage(ctx context.Context, r *http.Request, v *fileView, status int) (*page.Answer, error) {
	a := page.Actor(ctx)
	v.may = v.MayChange(a)
	if a.Can(people.ReadPeople, people.Object{Partnership: v.Partnership}) {
		names, err := s.people.Names(ctx, owners(*v.File))
		if err != nil {
			return nil, err
		}
		v.owner = named(ctx, names, v.Owner)
	}
	answer := &page.Answer{Title: v.Name, Body: filePage(v), Status: status}
	if a.Can(people.ReadInternal, people.Object{Partnership: v.Partnership}) {
		answer.Crumbs = []component.Crumb{{Text: locale.T(ctx, "files.title"), Href: listAt(v.Partnership)}, {Text: v.Name}}
	}
	if busy(v.File) {
		answer.Refresh = again
	}
	if r.Method == http.MethodGet && r.Header.Get("HX-Request") == "true" {
		answer.Fragment = true
	}
	return answer, nil
}

func (s *Upload) describe(ctx context.Context, r *http.Request) (*page.Answer, error) {
	f, err := s.find(ctx, r)
	if err != nil {
		return nil, err
	}
	d := files.Description{
		Lang: content.Lang(locale.Code(ctx)), Alt: r.PostFormValue("alt"), Credit: r.PostFormValue("credit"), Public: r.PostFormValue("public") == "yes",
	}
	err = s.files.Describe(ctx, page.Actor(ctx), f.ID, d)
	if p, status, ok := page.Said(ctx, err); ok {
		p.Field = "alt"
		return s.filePage(ctx, r, &fileView{File: f, typed: d, problem: p}, status)
	}
	if err != nil {
		return nil, err
	}
	return &page.Answer{Redirect: "/files/" + f.ID + "?done=saved"}, nil
}

func (s *Upload) remove(ctx context.Context, r *http.Request) (*page.Answer, error) {
	f, err := s.find(ctx, r)
	if err != nil {
		return nil, err
	}
	if err := s.files.Remove(ctx, page.Actor(ctx), f.ID); err != nil {
		return nil, err
	}
	return &page.Answer{Redirect: listAt(f.Partnership)}, nil
}

// at is the address of a file's original.
func at(f *files.File) string { return "/files/" + f.ID + "/" + url.PathEscape(f.Name) }

// source is the address of a picture that is at least so wide, with its size.
func source(f *files.File, width int) (href string, c files.Copy) {
	c, original := f.Narrowest(width)
	if original {
		return at(f), c
	}
	return fmt.Sprintf("/files/%s/w/%d", f.ID, c.Width), c
}

// alt is what a picture shows, in the reader's language where it is known.
func alt(ctx context.Context, f *files.File) content.Shown {
	return f.Alt.For(content.Lang(locale.Code(ctx)))
}

// foreign is the language of a text, where it is not the page's.
func foreign(ctx context.Context, lang content.Lang) templ.Attributes {
	if lang == "" || string(lang) == locale.Code(ctx) {
		return nil
	}
	return templ.Attributes{"lang": string(lang)}
}

func named(ctx context.Context, names map[string]string, account string) string {
	if n := names[account]; n != "" {
		return n
	}
	return locale.T(ctx, "files.somebody")
}

// size writes a number of bytes.
func size(ctx context.Context, n int64) string {
	if n < 1<<20 {
		return locale.T(ctx, "files.kb", "N", locale.Number(ctx, float64(max(1, n>>10)), 0))
	}
	return locale.T(ctx, "files.mb", "N", locale.Number(ctx, float64(n)/(1<<20), 1))
}

func kind(ctx context.Context, f *files.File) string {
	return locale.From(ctx).Or("file-kind."+string(f.Kind), string(f.Kind))
}

// note is a note in the reader's language.
func note(ctx context.Context, n media.Note) string {
	return locale.From(ctx).Or("file-note."+n.Key, n.Text)
}

// trace names what was removed.
func trace(ctx context.Context, t media.Trace) string {
	return locale.From(ctx).Or("trace.the-"+string(t), string(t))
}

// refusal is why a file was refused, in the reader's words.
func refusal(ctx context.Context, f *files.File) *component.Problem {
	if f.Refusal == nil {
		return nil
	}
	p, _, _ := page.Said(ctx, f.Refusal)
	return p
}
