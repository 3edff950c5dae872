package app_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"peerscape/internal/app/apptest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestServeAnswersAndStops starts the server on a free port, asks it, and ends
// it as a signal would.
func TestServeAnswersAndStops(t *testing.T) {
	a := apptest.Open(t)
	ctx, stop := context.WithCancel(t.Context())
	ready, done := make(chan string, 1), make(chan error, 1)
	go func() { done <- a.Serve(ctx, "127.0.0.1:0", func(url string) { ready <- url }) }()
	var url string
	select {
	case url = <-ready:
	case err := <-done:
		t.Fatal(err)
	case <-time.After(30 * time.Second):
		t.Fatal("the server is not ready")
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	for path, want := range map[string]string{
		"": "<h1", "api/v1/regions/FI1C6": "Päijät-Häme", "api/v1/openapi.json": "openapi",
	} {
		res, err := client.Get(url + path)
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(res.Body)
		_ = res.Body.Close()
		if err != nil || res.StatusCode != http.StatusOK || !strings.Contains(string(b), want) {
			t.Errorf("GET /%s: status %d, %v; want %q in the answer", path, res.StatusCode, err, want)
		}
	}
	stop()
	if err := <-done; err != nil {
		t.Errorf("stop: %v", err)
	}
}

func TestASecondProgramMayRead(t *testing.T) {
	path := apptest.File(t)
	one, two := open(t, path), open(t, path)
	for range 2 {
		for name, a := range map[string]interface {
			Handler() (http.Handler, error)
		}{"one": one, "two": two} {
			if _, err := a.Handler(); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

func TestAddressInUseIsASentence(t *testing.T) {
	a := apptest.Open(t)
	err := a.Serve(t.Context(), "256.0.0.1:80", func(string) {})
	if err == nil || !strings.Contains(err.Error(), "listen on 256.0.0.1:80") {
		t.Errorf("got %v", err)
	}
}
