package cli

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"peerscape/internal/exchange/catalogue"
	"peerscape/internal/fault"
	"peerscape/internal/machinery/eurostat"
)

// fetch downloads a dataset from Eurostat; a too large one comes in parts.
func (c *importCommand) fetch(s *session, dataset string, o catalogue.ImportOptions) (input, error) {
	filter, err := parseFilter(c.Filter)
	if err != nil {
		return input{}, err
	}
	cache := c.Cache
	if cache == "" {
		home, err := os.UserCacheDir()
		if err != nil {
			return input{}, fault.New(fault.Invalid, "cli.cache", "there is no cache folder for downloads").Do("Name one with --cache").Because(err)
		}
		cache = filepath.Join(home, "peerscape")
	}
	bar := s.progress("eurostat:" + dataset)
	defer bar.stop()
	client, err := eurostat.New(eurostat.Config{
		Base: c.Base, Cache: cache, Agent: "Peerscape/" + version, Now: s.Now, Rand: s.Random, Progress: bar.download,
	})
	if err != nil {
		return input{}, err
	}
	files, err := client.Download(s, eurostat.Query{Dataset: dataset, Filter: filter})
	if err != nil {
		return input{}, fmt.Errorf("fetch %s: %w", dataset, err)
	}
	in := input{name: "eurostat:" + dataset, options: o}
	in.options.Dataset = strings.ToLower(dataset)
	sums := sha256.New()
	for _, f := range files {
		in.paths = append(in.paths, f.Path)
		in.options.File, in.options.SHA256 = f.URL, f.SHA256
		in.options.Retrieved, in.options.Updated = f.Retrieved, f.Updated
		fmt.Fprintln(sums, f.SHA256)
	}
	if len(files) > 1 { // the parts have one checksum: that of their checksums
		in.options.File = fmt.Sprintf("%s and %d other parts", files[0].URL, len(files)-1)
		in.options.SHA256 = hex.EncodeToString(sums.Sum(nil))
	}
	return in, nil
}

// parseFilter reads dimension=code,code arguments.
func parseFilter(args []string) (map[string][]string, error) {
	out := map[string][]string{}
	for _, arg := range args {
		dim, codes, ok := strings.Cut(arg, "=")
		if !ok || dim == "" || codes == "" {
			return nil, fault.New(fault.Invalid, "cli.filter", "%q is not a filter", arg).Do("Write it as dimension=code,code, such as unit=PC")
		}
		out[strings.ToLower(dim)] = append(out[strings.ToLower(dim)], strings.Split(codes, ",")...)
	}
	return out, nil
}
