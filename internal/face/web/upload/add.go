package upload

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"

	"peerscape/internal/exchange/people"
	"peerscape/internal/face/component"
	"peerscape/internal/face/web/page"
	"peerscape/internal/fault"
	"peerscape/internal/machinery/media"
	"peerscape/internal/nuts"
)

// Limits of a request with files.
const (
	mostFiles  = 50
	mostRegion = 10 // bytes of a region's code
)

// add takes the files of a form as they come. Those that are refused do not hold
// up the others. The script sends one at a time and is answered in JSON.
func (s *Upload) add(ctx context.Context, r *http.Request) (*page.Answer, error) {
	p, err := partnershipOf(ctx, r)
	if err != nil {
		return s.spoken(ctx, r, "", err)
	}
	made, problems, err := s.take(ctx, r, people.Object{Partnership: p})
	if err == nil && len(made) == 0 && len(problems) == 0 {
		err = fault.New(fault.Invalid, "upload.none", "no file was chosen").Do("Choose one or several files")
	}
	if wantsJSON(r) {
		next := ""
		if len(made) > 0 {
			next = "/files/" + made[0]
		}
		return s.spoken(ctx, r, next, errors.Join(append(problems, err)...))
	}
	var told []problem
	for _, e := range append(problems, err) {
		if e == nil {
			continue
		}
		said, _, ok := page.Said(ctx, e)
		if !ok {
			return nil, e
		}
		told = append(told, problem{name: nameOf(e), Problem: said})
	}
	if told != nil {
		return s.listPage(ctx, r, p, told, http.StatusBadRequest)
	}
	return &page.Answer{Redirect: listAt(p)}, nil
}

// refusedFile is a fault of one file of several.
type refusedFile struct {
	name string
	error
}

func (r refusedFile) Unwrap() error { return r.error }

func nameOf(err error) string {
	if f, ok := errors.AsType[refusedFile](err); ok {
		return media.CleanName(f.name)
	}
	return ""
}

// take adds the files of a form. problems are those of single files; err is one
// that ends it all.
func (s *Upload) take(ctx context.Context, r *http.Request, on people.Object) (made []string, problems []error, err error) {
	if page.Actor(ctx).Nobody() {
		return nil, nil, page.Actor(ctx).May(people.AddFile, on)
	}
	parts, err := r.MultipartReader()
	if err != nil {
		return nil, nil, fault.New(fault.Invalid, "upload.none", "no file was chosen").Do("Choose one or several files").Because(err)
	}
	for len(made)+len(problems) < mostFiles {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return made, problems, nil
		}
		if err != nil {
			return made, problems, broken(err)
		}
		switch {
		case part.FormName() == "region":
			b, err := io.ReadAll(io.LimitReader(part, mostRegion))
			if err != nil {
				return made, problems, broken(err)
			}
			on.Region = nuts.Code(strings.TrimSpace(string(b)))
		case part.FormName() == "file" && part.FileName() != "":
			id, err := s.files.Add(ctx, page.Actor(ctx), on, part.FileName(), part)
			switch {
			case err == nil:
				made = append(made, id)
			case theFile(err):
				problems = append(problems, refusedFile{part.FileName(), err})
			default:
				return made, problems, broken(err)
			}
		}
	}
	return made, problems, fault.New(fault.TooLarge, "upload.body", "these are more than %d files", mostFiles).Do("Send fewer files at a time")
}

// theFile reports whether an error is about one file and the next may be better.
func theFile(err error) bool {
	kind := fault.KindOf(err)
	return kind == fault.Invalid || kind == fault.TooLarge
}

// broken says what it means that a request ended in the middle.
func broken(err error) error {
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return fault.New(fault.TooLarge, "upload.body", "this is more than can be sent at once").Do("Send fewer files at a time").Because(err)
	}
	if _, ok := errors.AsType[*fault.Error](err); ok {
		return err
	}
	return fault.New(fault.Invalid, "upload.broken", "the upload broke off").Do("Check the connection and try again").Because(err)
}

func wantsJSON(r *http.Request) bool {
	return strings.HasPrefix(r.Header.Get("Accept"), "application/json")
}

// spoken answers the script: where to go, or what was wrong.
func (s *Upload) spoken(ctx context.Context, r *http.Request, next string, err error) (*page.Answer, error) {
	if err != nil && !wantsJSON(r) {
		return nil, err
	}
	status, v := 0, map[string]string{"next": next}
	if err != nil {
		var said *component.Problem
		var ok bool
		if to := page.ProveAt(err, r.URL.RequestURI()); to != "" {
			status, v = http.StatusForbidden, map[string]string{"next": to}
		} else if said, status, ok = page.Said(ctx, err); ok {
			v = map[string]string{"error": said.What + " " + said.Cure}
		} else {
			return nil, err
		}
	}
	b, err := json.Marshal(v)
	return &page.Answer{JSON: b, Status: status}, err
}
