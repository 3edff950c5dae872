package api

import (
	"context"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"peerscape/internal/exchange/catalogue"
)

// Dataset is a dataset with the vintages that were imported.
type Dataset struct {
	Code      string    `json:"code" example:"nama_10r_3gdp"`
	Title     string    `json:"title"`
	Publisher string    `json:"publisher"`
	Licence   string    `json:"licence"`
	Link      string    `json:"link,omitempty"`
	Vintages  []Vintage `json:"vintages" doc:"newest first"`
}

// Vintage is one state of a dataset.
type Vintage struct {
	Label     string   `json:"label" doc:"the publisher's update, else the day of retrieval"`
	Current   bool     `json:"current"`
	Retrieved string   `json:"retrieved,omitempty"`
	File      string   `json:"file"`
	SHA256    string   `json:"sha256"`
	Format    string   `json:"format"`
	NUTS      int      `json:"nutsVersion"`
	Series    int      `json:"series"`
	Values    int      `json:"values"`
	Notes     []string `json:"notes,omitempty"`
}

// Datasets is what was imported.
type Datasets struct {
	Datasets []Dataset `json:"datasets"`
}

func (d Datasets) head() []string {
	return []string{"code", "title", "publisher", "vintage", "nuts_version", "series", "values", "file", "sha256", "licence"}
}

func (d Datasets) rows(write func(...string)) {
	for _, x := range d.Datasets {
		for _, v := range x.Vintages {
			write(x.Code, x.Title, x.Publisher, v.Label, strconv.Itoa(v.NUTS), strconv.Itoa(v.Series), strconv.Itoa(v.Values), v.File, v.SHA256, x.Licence)
		}
	}
}

func (s *Service) registerDatasets(api huma.API) {
	huma.Register(api, operation("list-datasets", "/datasets", "List the imported datasets", "datasets"),
		func(ctx context.Context, _ *struct {
			Format string `query:"format" enum:"json,csv" default:"json"`
		},
		) (*body[Datasets], error) {
			found, err := s.figures.Datasets(ctx)
			if err != nil {
				return nil, s.reply(err)
			}
			out := Datasets{Datasets: []Dataset{}}
			for i := range found {
				out.Datasets = append(out.Datasets, dataset(&found[i]))
			}
			return &body[Datasets]{out}, nil
		})
	huma.Register(api, operation("get-dataset", "/datasets/{code}", "Show a dataset and its vintages", "datasets"),
		func(ctx context.Context, in *struct {
			Code string `path:"code" maxLength:"64" example:"nama_10r_3gdp"`
		},
		) (*body[Dataset], error) {
			d, err := s.figures.Dataset(ctx, in.Code)
			if err != nil {
				return nil, s.reply(err)
			}
			return &body[Dataset]{dataset(d)}, nil
		})
}

func dataset(d *catalogue.Dataset) Dataset {
	out := Dataset{Code: d.Code, Title: d.Title, Publisher: d.Publisher, Licence: d.Licence, Link: d.Link, Vintages: []Vintage{}}
	for _, v := range d.Vintages {
		x := Vintage{
			Label: v.Label, Current: v.Current, File: v.File, SHA256: v.SHA256, Format: v.Format,
			NUTS: int(v.NUTS), Series: v.Series, Values: v.Values, Notes: v.Notes,
		}
		if !v.Retrieved.IsZero() {
			x.Retrieved = v.Retrieved.Format(time.DateOnly)
		}
		out.Vintages = append(out.Vintages, x)
	}
	return out
}
