// Command bench seeds portals of two sizes and measures their pages over
// loopback, each as a ratio to nginx serving the same bytes as a file in the
// same run, and the large portal against the small one. Sixteen connections,
// kept open, no compression on either side. It ends only what it started.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"birge/internal/app"
)

type options struct {
	small, large, connections int
	seconds                   float64
	big, asJSON               bool
	profile                   string
}

// Result is what one page of one portal showed.
type Result struct {
	Projects int           `json:"projects"`
	Page     string        `json:"page"`
	Kept     bool          `json:"kept"` // with pages kept in memory
	Status   int           `json:"status"`
	Bytes    int           `json:"bytes"`
	Queries  int           `json:"queries"`
	CPU      time.Duration `json:"cpu_per_request_ns"`
	RSS      int64         `json:"rss_bytes"`
	Nginx    float64       `json:"ratio_to_nginx"`  // 0 without nginx
	ToSmall  float64       `json:"p50_to_smallest"` // 0 for the smallest portal
	speed
}

func main() {
	var o options
	flag.IntVar(&o.small, "small", 10_000, "projects in the small portal")
	flag.IntVar(&o.large, "large", 100_000, "projects in the large portal; 0 for none")
	flag.BoolVar(&o.big, "big", false, "one million projects in the large portal")
	flag.IntVar(&o.connections, "connections", 16, "connections")
	flag.Float64Var(&o.seconds, "seconds", 3, "seconds for each measurement")
	flag.BoolVar(&o.asJSON, "json", false, "print JSON")
	flag.StringVar(&o.profile, "profile", "", "folder for CPU profiles of the pages that are not kept")
	serve := flag.String("serve", "", "be the measured process for this folder (started by bench itself)")
	pagesMB := flag.Int("pages-mb", 0, "memory for kept pages of the measured process")
	flag.Parse()
	err := error(nil)
	if *serve != "" {
		err = serveChild(*serve, *pagesMB)
	} else {
		err = measure(o)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func measure(o options) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if o.big {
		o.large = 1_000_000
	}
	var all []Result
	for _, n := range []int{o.small, o.large} {
		if n == 0 {
			continue
		}
		some, err := measureSize(ctx, o, n)
		if err != nil {
			return err
		}
		all = append(all, some...)
	}
	compare(all)
	if o.asJSON {
		e := json.NewEncoder(os.Stdout)
		e.SetIndent("", "  ")
		return e.Encode(all)
	}
	return show(all)
}

// measureSize seeds a portal and measures its pages, first made anew for each
// request and then kept in memory.
func measureSize(ctx context.Context, o options, n int) (all []Result, err error) {
	dir, err := os.MkdirTemp("", "birge-bench.")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	data, files := filepath.Join(dir, "data"), filepath.Join(dir, "files")
	if err := os.Mkdir(files, 0o700); err != nil {
		return nil, err
	}
	began := time.Now()
	s, err := seedIn(ctx, data, n)
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(os.Stderr, "seeded %d projects in %s\n", n, time.Since(began).Round(time.Second))
	nginx, endNginx, err := startNginx(ctx, dir)
	if err != nil {
		fmt.Fprintln(os.Stderr, "no ratios: nginx does not run here; install it with: sudo apt-get install nginx-light:", err)
	} else {
		defer endNginx()
	}
	for _, pagesMB := range []int{0, 32} {
		c, err := startChild(ctx, data, pagesMB)
		if err != nil {
			return nil, err
		}
		for i, pg := range pagesOf(s) {
			if ctx.Err() != nil {
				break
			}
			r, err := measurePage(o, c, nginx, files, fmt.Sprintf("p%d", i), pg, pagesMB > 0)
			if err != nil {
				c.end()
				return nil, fmt.Errorf("%s: %w", pg.name, err)
			}
			r.Projects = n
			all = append(all, r)
		}
		c.end()
	}
	return all, ctx.Err()
}

func seedIn(ctx context.Context, dir string, n int) (s seeded, err error) {
	p, err := app.Open(ctx, config(dir, 0))
	if err != nil {
		return s, err
	}
	defer p.Close()
	return seed(ctx, p, n)
}

type page struct{ name, path string }

func pagesOf(s seeded) []page {
	find := func(q string) string { return "/ru/search?q=" + url.QueryEscape(q) }
	id := s.project.String()
	return []page{
		{"front page", "/ru/"},
		{"list", "/ru/projects"},
		{"list, three filters", "/ru/projects?place=" + s.region + "&year=2024&kind=state_social_order"},
		{"search, rare", find("беркутчи")},
		{"search, common", find("молодежь")},
		{"search, two words", find("театр здоровье")},
		{"project page", "/ru/projects/" + id},
		{"project as JSON", "/api/v1/projects/" + id},
		{"region page", "/ru/places/" + s.region},
	}
}

// measurePage measures one page, and nginx with the same bytes.
func measurePage(o options, c *child, nginx, files, name string, pg page, kept bool) (Result, error) {
	r := Result{Page: pg.name, Kept: kept}
	body, status, err := fetch("http://" + c.pages + pg.path)
	if err != nil {
		return r, err
	}
	if r.Status, r.Bytes = status, len(body); status != http.StatusOK {
		return r, nil
	}
	if r.Queries, err = ask[int](c, "/queries?page="+url.QueryEscape(pg.path)); err != nil {
		return r, err
	}
	d := time.Duration(o.seconds * float64(time.Second))
	load(c.pages, pg.path, o.connections, d/5) // warm
	before, err := ask[usage](c, "/usage")
	if err != nil {
		return r, err
	}
	r.speed = load(c.pages, pg.path, o.connections, d)
	after, err := ask[usage](c, "/usage")
	if err != nil {
		return r, err
	}
	r.CPU, r.RSS = (after.CPU-before.CPU)/time.Duration(max(1, r.Requests)), after.RSS
	if o.profile != "" && !kept {
		if err := profile(o, c, pg, filepath.Join(o.profile, name+".pprof")); err != nil {
			return r, err
		}
	}
	if nginx == "" {
		return r, nil
	}
	if err := os.WriteFile(filepath.Join(files, name), body, 0o600); err != nil {
		return r, err
	}
	if file := load(nginx, "/"+name, o.connections, d/2); file.PerSecond > 0 {
		r.Nginx = r.PerSecond / file.PerSecond
	}
	return r, nil
}

// profile writes a CPU profile of the measured process under load.
func profile(o options, c *child, pg page, to string) error {
	done := make(chan struct{})
	go func() {
		defer close(done)
		load(c.pages, pg.path, o.connections, 4*time.Second)
	}()
	b, _, err := fetch("http://" + c.control + "/profile?seconds=3")
	<-done
	if err != nil {
		return err
	}
	return os.WriteFile(to, b, 0o600)
}

func fetch(address string) (body []byte, status int, err error) {
	plain := http.Client{Transport: &http.Transport{DisableCompression: true, DisableKeepAlives: true}}
	r, err := plain.Get(address)
	if err != nil {
		return nil, 0, err
	}
	defer r.Body.Close()
	body, err = io.ReadAll(r.Body)
	return body, r.StatusCode, err
}

// compare sets the median of each page against that of the smallest portal.
func compare(all []Result) {
	for i := range all {
		for _, small := range all {
			if small.Page == all[i].Page && small.Kept == all[i].Kept && small.Projects < all[i].Projects && small.P50 > 0 {
				all[i].ToSmall = float64(all[i].P50) / float64(small.P50)
			}
		}
	}
}

func show(all []Result) error {
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, strings.Join([]string{"projects", "page", "kept", "p50 ms", "p95 ms", "req/s", "CPU ms", "queries", "RSS MB", "KB", "to nginx", "to small", "failed", ""}, "\t"))
	for _, r := range all {
		if r.Status != http.StatusOK {
			fmt.Fprintf(w, "%d\t%s\t%t\tanswers %d: not there yet\t\n", r.Projects, r.Page, r.Kept, r.Status)
			continue
		}
		ms := func(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
		fmt.Fprintf(w, "%d\t%s\t%t\t%.2f\t%.2f\t%.0f\t%.3f\t%d\t%.0f\t%.1f\t%.4f\t%.2f\t%d\t\n", r.Projects, r.Page, r.Kept, ms(r.P50), ms(r.P95), r.PerSecond,
			ms(r.CPU), r.Queries, float64(r.RSS)/(1<<20), float64(r.Bytes)/1000, r.Nginx, r.ToSmall, r.Failed)
	}
	return w.Flush()
}
