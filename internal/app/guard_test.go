package app_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"peerscape/internal/app/apptest"
)

// Pages, files, refusals and the interface for programs carry the same headers.
func TestEveryAnswerIsGuarded(t *testing.T) {
	h, err := apptest.Open(t).Handler()
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/", "/api/v1/regions/FI1C6", "/api/v1/regions/XX", "/api/v1/nothing", "/api/v1/openapi.json", "/assets/nothing.css", "/partnerships/nothing", "/account"} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		for _, name := range []string{"Content-Security-Policy", "X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy"} {
			if w.Header().Get(name) == "" {
				t.Errorf("%s (%d) has no %s", path, w.Code, name)
			}
		}
	}
}
