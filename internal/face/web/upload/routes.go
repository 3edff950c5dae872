// Package upload answers the pages about files: the list of a partnership, the
// page of a file, and the bytes themselves.
//
// It decides nothing: exchange/upload does. What it guards is how bytes leave: as
// pictures that were made here or as attachments, never as pages, and always in a
// sandbox. Start with Routes.
package upload

import (
	"net/http"

	"peerscape/internal/exchange/people"
	files "peerscape/internal/exchange/upload"
	"peerscape/internal/face/web/page"
)

// MostBody bounds one request with files, bytes: the largest film and a few
// pictures beside it.
const MostBody = 4 << 30

// Upload answers the pages of this folder.
type Upload struct {
	*page.Site
	files  *files.Files
	people *people.Directory
}

// Open makes the pages.
func Open(s *page.Site, f *files.Files, d *people.Directory) *Upload {
	return &Upload{Site: s, files: f, people: d}
}

// Routes adds the pages to mux.
func (s *Upload) Routes(mux page.Router) {
	for pattern, action := range map[string]page.Action{
		"GET /files":                s.list,
		"GET /files/{id}":           s.show,
		"POST /files/{id}":          s.describe,
		"POST /files/{id}/remove":   s.remove,
		"GET /files/{id}/{name}":    s.original,
		"GET /files/{id}/w/{width}": s.picture,
	} {
		mux.Handle(pattern, patient(s.Handle(action)))
	}
	mux.Handle("POST /files", patient(s.Handle(s.add)))
}

// Uploads reports whether a request brings files, and may be longer than others.
func Uploads(r *http.Request) bool { return r.Method == http.MethodPost && r.URL.Path == "/files" }
