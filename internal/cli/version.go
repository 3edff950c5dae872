package cli

import (
	"fmt"
	"log/slog"
	"net/http"
	"runtime"
	"strconv"

	"peerscape/data"
	"peerscape/internal/face/api"
	"peerscape/internal/machinery/db"
	"peerscape/internal/nuts"
)

// versionCommand prints what this binary is.
type versionCommand struct{}

func (versionCommand) Run(s *session) error {
	schema := strconv.FormatInt(db.Schema(), 10)
	t := &table{columns: []column{{name: "What"}, {name: "Value"}}}
	t.add("version", version)
	t.add("commit", commit)
	t.add("schema", schema)
	t.add("go", runtime.Version())
	t.value = map[string]string{"version": version, "commit": commit, "schema": schema, "go": runtime.Version()}
	return s.print(t)
}

// openAPICommand prints the document without opening a database.
type openAPICommand struct{}

func (openAPICommand) Run(s *session) error {
	b, err := api.Register(http.NewServeMux(), nil, nil, version, slog.New(slog.DiscardHandler)).OpenAPI().MarshalJSON()
	if err != nil {
		return fmt.Errorf("write the OpenAPI document: %w", err)
	}
	_, err = fmt.Fprintln(s.Out, string(b))
	return err
}

// openRegions reads the tables of regions; no database is needed.
func openRegions() (*nuts.Nomenclature, error) { return nuts.Open(data.Nuts()) }
