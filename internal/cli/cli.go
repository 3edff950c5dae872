// Package cli is the command line: one file a command. It refuses unknown
// commands and codes with a sentence and the nearest right ones. Start with
// Run.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"time"

	"github.com/alecthomas/kong"
	"github.com/mattn/go-isatty"
	"github.com/willabides/kongplete"

	"peerscape/data"
	"peerscape/internal/app"
	"peerscape/internal/face/locale"
	"peerscape/internal/fault"
)

// Set by the build.
var (
	version = "dev"
	commit  = "unknown"
)

// Exit codes. Everything else follows from the kind of fault.
const (
	exitOK       = 0
	exitInternal = 1
	exitUsage    = 2
	exitInvalid  = 3
	exitMissing  = 4
	exitOutside  = 5
)

var exitCodes = map[fault.Kind]int{
	fault.Invalid: exitInvalid, fault.TooLarge: exitInvalid, fault.Conflict: exitInvalid, fault.Stale: exitInvalid,
	fault.Missing: exitMissing, fault.Unavailable: exitOutside, fault.Denied: exitUsage,
}

// Environment is what a command needs of the world: streams, clock, chance.
type Environment struct {
	In       io.Reader
	Out, Log io.Writer // Log is the error stream
	Terminal bool      // Out is a terminal: colour and progress are welcome
	Now      func() time.Time
	Random   *rand.Rand
	Getenv   func(string) string
}

// System is the real world.
func System() Environment {
	return Environment{
		In: os.Stdin, Out: os.Stdout, Log: os.Stderr,
		Terminal: isatty.IsTerminal(os.Stdout.Fd()) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb",
		Now:      time.Now, Random: rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), uint64(os.Getpid()))), Getenv: os.Getenv,
	}
}

// grammar is the whole command line.
type grammar struct {
	DB    string `name:"db" env:"PEERSCAPE_DB" default:"peerscape.db" placeholder:"FILE" help:"Database: path of an SQLite file, or a postgres:// address (${env}, default ${default})."`
	JSON  bool   `name:"json" help:"Print JSON." xor:"format"`
	CSV   bool   `name:"csv" help:"Print CSV." xor:"format"`
	Debug bool   `help:"Log what happens, with causes of errors."`

	Serve       serveCommand       `cmd:"" help:"Serve the pages and the API."`
	Import      importCommand      `cmd:"" help:"Import datasets from files or from Eurostat."`
	Snapshot    snapshotCommand    `cmd:"" help:"Build or inspect the bundled snapshot of figures."`
	Regions     regionsCommand     `cmd:"" help:"List or search regions."`
	Region      regionCommand      `cmd:"" help:"Print a region's figures with year, flag and source."`
	Indicators  indicatorsCommand  `cmd:"" help:"List the indicators."`
	Values      valuesCommand      `cmd:"" help:"Print one indicator for all regions of a level, or one region as a series."`
	Index       indexCommand       `cmd:"" help:"Compute a composite index over the figures, or over your own table."`
	Sensitivity sensitivityCommand `cmd:"" help:"Say how sure an index is: ranks under other choices, and which choice matters."`
	Peers       peersCommand       `cmd:"" help:"Find the regions that are built like a region, with reasons."`
	Profile     profileCommand     `cmd:"" help:"Compare a region with peers, country, class, EU and metropolis."`
	Revisions   revisionsCommand   `cmd:"" help:"List what a newer vintage of a dataset revised."`
	Mail        mailCommand        `cmd:"" help:"Try the mail server that sends letters."`
	Messages    messagesCommand    `cmd:"" help:"Export and import the texts of the interface for translators."`
	Demo        demoCommand        `cmd:"" help:"Set up a demonstration partnership: Next2Met, 2019 to 2023."`
	OpenAPI     openAPICommand     `cmd:"" name:"openapi" help:"Print the API's OpenAPI document."`
	Version     versionCommand     `cmd:"" help:"Print version, commit and database schema."`

	Completion kongplete.InstallCompletions `cmd:"" help:"Print or install shell completion."`
}

// session is what every command gets.
type session struct {
	context.Context
	Environment
	global *grammar
}

// Run parses args, runs the command and returns the exit code. Errors are one
// sentence on env.Log; nothing is half-written.
func Run(ctx context.Context, args []string, env Environment) int {
	var g grammar
	exit := -1
	parser, err := kong.New(&g,
		kong.Name("peerscape"),
		kong.Description("Official statistics in, a region's figures out, each with its source."),
		kong.UsageOnError(), kong.Writers(env.Out, env.Log),
		kong.Exit(func(code int) { exit = code }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, NoExpandSubcommands: false}),
	)
	if err != nil {
		fmt.Fprintln(env.Log, "peerscape:", err)
		return exitInternal
	}
	kongplete.Complete(parser)
	parsed, err := parser.Parse(args)
	if exit >= 0 {
		return exit
	}
	if err != nil {
		fmt.Fprintf(env.Log, "peerscape: %v\nRun \"peerscape --help\" to see the commands.\n", err)
		return exitUsage
	}
	s := &session{Context: ctx, Environment: env, global: &g}
	if err := parsed.Run(s); err != nil {
		return s.report(err)
	}
	return exitOK
}

// report prints the sentence of err and returns its exit code.
func (s *session) report(err error) int {
	if errors.Is(err, context.Canceled) {
		fmt.Fprintln(s.Log, "peerscape: interrupted")
		return exitInternal
	}
	text := err.Error()
	if f, ok := errors.AsType[*fault.Error](err); ok && !s.global.Debug {
		text = f.Error()
	}
	fmt.Fprintf(s.Log, "peerscape: %s\n", text)
	if code, ok := exitCodes[fault.KindOf(err)]; ok {
		return code
	}
	return exitInternal
}

// open opens the program's state, with the bundled figures.
func (s *session) open() (*app.App, error) {
	return app.Open(s, app.Config{DSN: s.global.DB, Version: version, Log: s.logger(), Now: s.Now, Snapshot: true})
}

// words returns the interface's texts in a language.
func (s *session) words(lang string) (*locale.Reader, error) {
	all, err := locale.Open(data.Messages())
	if err != nil {
		return nil, fmt.Errorf("read the messages: %w", err)
	}
	if !all.Has(lang) {
		return nil, fault.New(fault.Invalid, "cli.language", "there is no language %q", lang).Do("Use en, fi, de, es or pl")
	}
	return all.Reader("", lang), nil
}

func (s *session) logger() *slog.Logger {
	level := slog.LevelWarn
	if s.global.Debug {
		level = slog.LevelDebug
	}
	return slog.New(slog.NewTextHandler(s.Log, &slog.HandlerOptions{Level: level}))
}
