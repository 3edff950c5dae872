// Command peerscape serves, imports and prints official regional statistics.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"peerscape/internal/cli"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := cli.Run(ctx, os.Args[1:], cli.System())
	stop()
	os.Exit(code)
}
