package page

import (
	"net/http"
	"strings"
	"time"
)

// year is how long a choice is kept.
const year = 365 * 24 * time.Hour

func cookie(r *http.Request, name string) string {
	c, err := r.Cookie(name)
	if err != nil {
		return ""
	}
	return c.Value
}

// keep remembers a choice of the reader. The cookie holds nothing else.
func (s *Site) keep(w http.ResponseWriter, name, value string) {
	http.SetCookie(w, s.Keep(name, value, year))
}

// LangCookie remembers a language in the browser; an empty one is forgotten.
func (s *Site) LangCookie(lang string) *http.Cookie { return s.Keep("lang", lang, year) }

// Preferences keeps the theme that a reader chose and returns to the page.
func (s *Site) Preferences(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 4<<10)
	switch theme := r.PostFormValue("theme"); theme {
	case "light", "dark":
		s.keep(w, "theme", theme)
	case "system":
		s.keep(w, "theme", "")
	}
	http.Redirect(w, r, Local(r.PostFormValue("back")), http.StatusSeeOther)
}

// Local returns a path of this site, "/" for anything else.
func Local(back string) string {
	if !strings.HasPrefix(back, "/") || strings.HasPrefix(back, "//") || strings.ContainsAny(back, "\\\r\n\t") {
		return "/"
	}
	return back
}
