package eurostat

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"peerscape/internal/fault"
)

func TestNoRedirectToAnotherHost(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("it was asked") }))
	defer elsewhere.Close()
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/moved" {
			http.Redirect(w, r, elsewhere.URL, http.StatusFound)
			return
		}
		http.Redirect(w, r, "/moved", http.StatusFound)
	}))
	defer service.Close()
	client := &http.Client{CheckRedirect: sameHost}
	res, err := client.Get(service.URL)
	if err == nil {
		res.Body.Close()
	}
	if fault.KindOf(err) != fault.Unavailable {
		t.Errorf("got %v", err)
	}
}
