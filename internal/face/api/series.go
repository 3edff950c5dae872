package api

import (
	"context"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"peerscape/internal/exchange/catalogue"
	"peerscape/internal/fault"
)

// Series is the observations of one region under one combination of codes, as
// they were imported.
type Series struct {
	Dataset    string   `json:"dataset"`
	Vintage    string   `json:"vintage"`
	Dimensions []string `json:"dimensions" doc:"in the order of the key"`
	Key        []string `json:"key"`
	Region     string   `json:"region"`
	Points     []Point  `json:"points"`
}

func (s Series) head() []string {
	return []string{"dataset", "vintage", "key", "region", "period", "value", "flags"}
}

func (s Series) rows(write func(...string)) {
	for _, p := range s.Points {
		write(s.Dataset, s.Vintage, strings.Join(s.Key, "."), s.Region, p.Period, number(p.Value), p.Flags)
	}
}

type seriesInput struct {
	Code   string `path:"code" maxLength:"64" example:"nama_10r_3gdp"`
	Key    string `query:"key" required:"true" maxLength:"400" example:"A.PPS_HAB_EU27_2020" doc:"codes in the order of the dataset's dimensions, with dots between"`
	Region string `query:"region" required:"true" maxLength:"16" example:"FI1C3" doc:"code of the region dimension, as the dataset writes it"`
	Format string `query:"format" enum:"json,csv" default:"json"`
}

func (s *Service) registerSeries(api huma.API) {
	huma.Register(api, operation("get-series", "/datasets/{code}/series", "Show one series of a dataset as it was imported", "datasets"), s.series)
}

func (s *Service) series(ctx context.Context, in *seriesInput) (*body[Series], error) {
	d, err := s.figures.Dataset(ctx, in.Code)
	if err != nil {
		return nil, s.reply(err)
	}
	dims := d.Structure.IDs()
	key := strings.Split(in.Key, ".")
	if in.Key == "" {
		key = nil
	}
	if len(key) != len(dims) {
		return nil, s.reply(fault.New(fault.Invalid, "series.key", "the key has %s codes and %s has the dimensions %s",
			strconv.Itoa(len(key)), d.Code, strings.Join(dims, ", ")).Do("Give one code for each, with dots between"))
	}
	found, err := s.figures.Series(ctx, d.Current().ID, key, in.Region)
	if err != nil {
		return nil, s.reply(err)
	}
	out := Series{Dataset: d.Code, Vintage: d.Current().Label, Dimensions: dims, Key: key, Region: found.Region, Points: []Point{}}
	for i := range found.Len() {
		o := found.At(i)
		out.Points = append(out.Points, point(catalogue.Point{Period: o.Period, Value: o.Value, Flags: o.Flags}))
	}
	return &body[Series]{out}, nil
}
