// Package app opens every long-lived thing of the program in order and closes
// it in reverse: database, regions, catalogue, pages. The command line and the
// tests start the same App. Start with Open.
package app

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"sync"
	"time"
	_ "time/tzdata" // zones of people, on machines that have no table of them

	"peerscape/data"
	"peerscape/internal/exchange/catalogue"
	"peerscape/internal/exchange/notice"
	"peerscape/internal/exchange/partnership"
	"peerscape/internal/exchange/people"
	"peerscape/internal/exchange/territory"
	"peerscape/internal/exchange/upload"
	"peerscape/internal/face/api"
	"peerscape/internal/face/letter"
	"peerscape/internal/face/web"
	"peerscape/internal/face/web/page"
	"peerscape/internal/machinery/db"
	"peerscape/internal/machinery/jobs"
	"peerscape/internal/machinery/mail"
	"peerscape/internal/machinery/signin"
	"peerscape/internal/nuts"
)

// Config says where the program's state is and how it reads the world.
type Config struct {
	DSN      string // path of an SQLite file, or a postgres:// address
	Version  string // as pages and the API state it
	Log      *slog.Logger
	Now      func() time.Time
	Random   io.Reader // for secrets and ids; nil: the machine's
	Origin   *url.URL  // where people reach the site; nil: where it answers
	Messages []fs.FS   // catalogues of the interface, later ones first in rank; nil: the bundled
	Files    string    // folder of the files that people add; empty: nobody adds any
	Quota    int64     // bytes that the files of one partnership may take; 0: upload.DefaultQuota
	Snapshot bool      // load the bundled figures where the database lacks them

	Mail mail.Sender    // of letters; needs an Origin; nil: none are sent
	Zone *time.Location // of people who have named none; nil: UTC

	Providers  []Provider     // of identity; they need an Origin
	Guarded    []people.Role  // that need a second factor
	Proxies    []netip.Prefix // that are believed about who asks
	Subdomains bool           // browsers ask the sites below the Origin encrypted alone, too
	Gallery    bool           // everybody sees the examples of components
}

// App holds every long-lived thing.
type App struct {
	DB           *db.DB
	Regions      *nuts.Nomenclature
	Catalogue    *catalogue.Catalogue
	People       *people.Directory
	Partnerships *partnership.Register
	Files        *upload.Files // nil without a folder for them
	Jobs         *jobs.Queue
	Notices      *notice.Center
	Analyst      *territory.Analyst

	structure *territory.Structure
	config    Config
	letters   *letter.Writer // nil without Mail
}

// Open opens the database, migrates it, reads the tables and, if asked to,
// loads the bundled snapshot. The caller closes the App.
func Open(ctx context.Context, c Config) (_ *App, err error) {
	if c.Random == nil {
		c.Random = rand.Reader
	}
	if c.Messages == nil {
		c.Messages = []fs.FS{data.Messages()}
	}
	a := &App{config: c}
	defer func() {
		if err != nil {
			err = errors.Join(err, a.Close())
		}
	}()
	if a.Regions, err = nuts.Open(data.Nuts()); err != nil {
		return a, fmt.Errorf("read the tables of regions: %w", err)
	}
	if a.DB, err = db.Open(ctx, c.DSN, db.Options{Log: c.Log}); err != nil {
		return a, err
	}
	key, err := people.Key(ctx, a.DB, c.Random, "throttle")
	if err != nil {
		return a, err
	}
	party, err := signin.NewParty(c.Origin, "Peerscape")
	if err != nil {
		return a, err
	}
	providers, err := c.providers()
	if err != nil {
		return a, err
	}
	if err = a.openNotices(ctx, c); err != nil {
		return a, err
	}
	a.People = people.Open(people.Config{
		DB: a.DB, Now: c.Now, Random: c.Random, Hasher: signin.NewHasher(c.Random), Party: party, Key: key, Host: c.host(),
		Providers: providers, Guarded: c.Guarded, Heard: a.Notices.Heard,
	})
	if err = a.openFiles(c); err != nil {
		return a, err
	}
	if err = a.openJobs(c); err != nil {
		return a, err
	}
	themes, err := partnership.ReadThemes(data.Themes())
	if err != nil {
		return a, err
	}
	a.Partnerships = partnership.Open(partnership.Config{DB: a.DB, Now: c.Now, Random: c.Random, People: a.People, Regions: a.Regions, Themes: themes, Notices: a.Notices})
	if a.Catalogue, err = catalogue.Open(ctx, a.DB, a.Regions, data.Catalogue(), c.Now); err != nil {
		return a, fmt.Errorf("open the catalogue: %w", err)
	}
	a.Analyst = territory.New(a.Catalogue, a.Regions)
	if a.structure, err = territory.ReadStructure(data.Catalogue()); err != nil {
		return a, err
	}
	if c.Snapshot {
		if err = a.Catalogue.LoadSnapshot(ctx, bytes.NewReader(data.Snapshot())); err != nil {
			return a, fmt.Errorf("load the bundled figures: %w", err)
		}
	}
	return a, nil
}

// Close closes what Open opened, in reverse order.
func (a *App) Close() error {
	if a.DB == nil {
		return nil
	}
	return a.DB.Close()
}

// Handler serves the API and the pages.
func (a *App) Handler() (http.Handler, error) {
	mux, c := http.NewServeMux(), &a.config
	api.Register(mux, a.Catalogue, a.Regions, c.Version, c.Log)
	var letters web.Post
	if c.Mail != nil {
		letters = post{a}
	}
	pages, err := web.Handler(web.Config{
		Catalogue: a.Catalogue, Nomenclature: a.Regions, Messages: c.Messages,
		Now: c.Now, Log: c.Log, Version: c.Version, People: a.People, Partnerships: a.Partnerships, Keepers: a.keepers(), Origin: c.Origin,
		Files: a.Files, Proxies: c.Proxies, Gallery: c.Gallery, Notices: a.Notices, Post: letters, Retentions: a.retentions(),
		Analyst: a.Analyst, Structure: a.structure,
	})
	if err != nil {
		return nil, fmt.Errorf("prepare the pages: %w", err)
	}
	mux.Handle("/", pages)
	return bounded(page.Secure(mux, c.strict())), nil
}

// bounded lets no request bring more than its page takes.
func bounded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.MaxBytesHandler(next, web.Most(r)).ServeHTTP(w, r)
	})
}

// host is the name under which people reach the site.
func (c *Config) host() string {
	if c.Origin == nil {
		return ""
	}
	return c.Origin.Hostname()
}

// strict is for how long browsers ask an encrypted site encrypted alone. Whether
// that holds for the sites below it is the operator's to say, who knows them.
func (c *Config) strict() string {
	switch {
	case c.Origin == nil || c.Origin.Scheme != "https":
		return ""
	case c.Subdomains:
		return "max-age=31536000; includeSubDomains"
	}
	return "max-age=31536000"
}

// Limits on how long a request may take to arrive and an answer to leave.
const (
	headerTimeout   = 5 * time.Second
	requestTimeout  = 30 * time.Second
	answerTimeout   = 60 * time.Second
	idleTimeout     = 2 * time.Minute
	shutdownTimeout = 10 * time.Second
)

// Serve answers on addr until ctx ends, then lets running requests finish.
// ready is called with the address once requests are answered.
func (a *App) Serve(ctx context.Context, addr string, ready func(url string)) error {
	handler, err := a.Handler()
	if err != nil {
		return err
	}
	var lc net.ListenConfig
	listener, err := lc.Listen(ctx, "tcp", addr)
	if err != nil {
		return fmt.Errorf("listen on %s: %w", addr, err)
	}
	server := &http.Server{
		Handler: handler, ReadHeaderTimeout: headerTimeout, ReadTimeout: requestTimeout,
		WriteTimeout: answerTimeout, IdleTimeout: idleTimeout, MaxHeaderBytes: 32 << 10,
		ErrorLog: slog.NewLogLogger(a.config.Log.Handler(), slog.LevelWarn),
	}
	var warming sync.WaitGroup
	defer warming.Wait()
	warm, enough := context.WithCancel(ctx)
	defer enough()
	warming.Go(func() {
		if err := errors.Join(a.Catalogue.Warm(warm), a.Analyst.Warm(warm, a.structure)); err != nil && warm.Err() == nil {
			a.config.Log.WarnContext(ctx, "figures could not be prepared; they are made when they are asked for", "error", err)
		}
	})
	warming.Go(func() { a.Jobs.Work(warm) })
	stopped := make(chan error, 1)
	go func() { stopped <- server.Serve(listener) }()
	ready("http://" + listener.Addr().String() + "/")
	select {
	case err := <-stopped:
		return err
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTimeout)
	defer cancel()
	if err := server.Shutdown(grace); err != nil {
		return fmt.Errorf("stop the server: %w", err)
	}
	<-stopped
	return nil
}
