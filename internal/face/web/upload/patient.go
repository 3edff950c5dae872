package upload

import (
	"io"
	"net/http"
	"time"
)

// pause is how long a connection may bring or take nothing.
const pause = 30 * time.Second

// patient lets a request and its answer last as long as bytes come and go: the
// server's limits on the whole of either are those of pages.
func patient(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := http.NewResponseController(w)
		r.Body = &steady{r.Body, c}
		next.ServeHTTP(&steadyAnswer{w, c}, r)
	})
}

// steady gives each read its own time.
type steady struct {
	io.ReadCloser
	c *http.ResponseController
}

func (s *steady) Read(p []byte) (int, error) {
	until := time.Now().Add(pause)
	_ = s.c.SetReadDeadline(until) // a connection without deadlines waits anyway
	_ = s.c.SetWriteDeadline(until)
	return s.ReadCloser.Read(p)
}

// steadyAnswer gives each write its own time.
type steadyAnswer struct {
	http.ResponseWriter
	c *http.ResponseController
}

func (s *steadyAnswer) Write(p []byte) (int, error) {
	_ = s.c.SetWriteDeadline(time.Now().Add(pause))
	return s.ResponseWriter.Write(p)
}

// Unwrap lets http.ResponseController find the connection.
func (s *steadyAnswer) Unwrap() http.ResponseWriter { return s.ResponseWriter }
