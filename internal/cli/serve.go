package cli

import (
	"fmt"

	"peerscape/internal/app"
)

// serveCommand serves until it is interrupted.
type serveCommand struct {
	Addr string `default:"127.0.0.1:8080" env:"PEERSCAPE_ADDR" help:"Address to answer on (${env}, default ${default}). Port 0 takes a free one."`
}

func (c *serveCommand) Run(s *session) error {
	a, err := app.Open(s, app.Config{DSN: s.global.DB, Version: version, Log: s.logger(), Now: s.Now, Snapshot: true})
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	return a.Serve(s, c.Addr, func(url string) {
		fmt.Fprintf(s.Out, "Peerscape answers on %s\nStop it with Ctrl+C.\n", url)
	})
}
