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
	"regexp"
	"strings"
	"text/tabwriter"
	"time"

	"birge/internal/app"
	"birge/internal/sample"
)

type options struct {
	small, large, connections int
	rows, people, round       int
	scans                     int
	door                      bool
	amendments                int
	seconds                   float64
	big, asJSON, hall         bool
	voters                    int
	profile                   string
}

// Report is what a run showed.
type Report struct {
	Portals []Portal      `json:"portals"`
	Pages   []Result      `json:"pages"`
	Typing  *Typing       `json:"typing,omitempty"`
	Rounds  []RoundResult `json:"rounds,omitempty"`
	Doors   []DoorResult  `json:"doors,omitempty"`
	Hall    *HallResult   `json:"hall,omitempty"`
	// Amended counts articles where Rounds count applications.
	Amended []RoundResult `json:"amended,omitempty"`
}

// Result is what one page of one portal showed.
type Result struct {
	Projects int           `json:"projects"`
	Page     string        `json:"page"`
	Kept     bool          `json:"kept"` // with pages kept in memory
	Status   int           `json:"status"`
	Bytes    int           `json:"bytes"`
	First    int           `json:"first_load_bytes"` // page, style and script, compressed
	Requests int           `json:"first_load_requests"`
	Queries  int           `json:"queries"`
	CPU      time.Duration `json:"cpu_per_request_ns"`
	RSS      int64         `json:"rss_bytes"`
	Nginx    float64       `json:"ratio_to_nginx"`  // 0 without nginx
	ToSmall  float64       `json:"p50_to_smallest"` // 0 for the smallest portal
	Speed    speed         `json:"speed"`
}

func main() {
	var o options
	flag.IntVar(&o.small, "small", 10_000, "projects in the small portal")
	flag.IntVar(&o.large, "large", 100_000, "projects in the large portal; 0 for none")
	flag.BoolVar(&o.big, "big", false, "one million projects in the large portal")
	flag.IntVar(&o.rows, "import", 50_000, "rows of the table that is imported and undone; 0 for none")
	flag.IntVar(&o.people, "people", 500, "people who write applications at once; 0 for none")
	flag.IntVar(&o.scans, "scans", 5000, "scans that 20 devices at the door of a forum bring at once, against 2 devices with a tenth of them; 0 for none")
	flag.BoolVar(&o.door, "door", false, "the door of a forum alone")
	flag.IntVar(&o.round, "round", 10_000, "applications in the large round of a call, against a tenth of them; 0 for none")
	flag.IntVar(&o.voters, "voters", 2000, "people who vote in a hall within ten seconds; 0 for none")
	flag.BoolVar(&o.hall, "hall", false, "measure the hall alone")
	flag.IntVar(&o.amendments, "amendments", 500, "articles of the large document under amendment, against a tenth of them; 0 for none")
	flag.IntVar(&o.connections, "connections", 16, "connections")
	flag.Float64Var(&o.seconds, "seconds", 3, "seconds for each measurement")
	flag.BoolVar(&o.asJSON, "json", false, "print JSON")
	flag.StringVar(&o.profile, "profile", "", "folder for CPU profiles of the pages that are not kept")
	table := flag.String("table", "", "be the process that imports this table (started by bench itself)")
	serve := flag.String("serve", "", "be the measured process for this folder (started by bench itself)")
	pagesMB := flag.Int("pages-mb", 0, "memory for kept pages of the measured process")
	flag.Parse()
	err := error(nil)
	if *table != "" {
		err = importChild(*table)
	} else if *serve != "" {
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
	if o.hall {
		o.voters = max(o.voters, 1)
		o.rows, o.people, o.round, o.amendments, o.small, o.large, o.scans = 0, 0, 0, 0, 0, 0, 0
	}
	if o.door {
		o.scans = max(o.scans, 100)
		o.rows, o.people, o.round, o.amendments, o.small, o.large, o.voters = 0, 0, 0, 0, 0, 0, 0
	}
	if o.rows > 0 {
		if err := measureImport(ctx, o); err != nil {
			return err
		}
	}
	var all Report
	if o.voters > 0 {
		h, err := measureHall(ctx, o.voters)
		if err != nil {
			return err
		}
		all.Hall = &h
	}
	if o.people > 0 {
		t, err := measureTyping(ctx, o, o.people)
		if err != nil {
			return err
		}
		all.Typing = &t
	}
	if o.scans > 0 {
		d, err := measureDoors(ctx, o.scans)
		if err != nil {
			return err
		}
		all.Doors = d
	}
	for _, n := range []int{o.round / 10, o.round} {
		if n == 0 {
			continue
		}
		some, err := measureRound(ctx, o, n)
		if err != nil {
			return err
		}
		all.Rounds = append(all.Rounds, some...)
	}
	compareRounds(all.Rounds)
	for _, n := range []int{o.amendments / amendedSmall, o.amendments} {
		if n == 0 {
			continue
		}
		some, err := measureAmendments(ctx, n)
		if err != nil {
			return err
		}
		all.Amended = append(all.Amended, some...)
	}
	compareRounds(all.Amended)
	if o.hall && !o.asJSON {
		w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
		all.Hall.show(func(cells ...string) { fmt.Fprintln(w, strings.Join(append(cells, ""), "\t")) })
		return w.Flush()
	}
	for _, n := range []int{o.small, o.large} {
		if n == 0 {
			continue
		}
		if err := measureSize(ctx, o, n, &all); err != nil {
			return err
		}
	}
	compare(all.Pages)
	if o.asJSON {
		e := json.NewEncoder(os.Stdout)
		e.SetIndent("", "  ")
		return e.Encode(all)
	}
	return show(all)
}

// measureSize seeds a portal and measures it: its start and memory, its pages,
// first made anew for each request and then kept in memory, and its export.
func measureSize(ctx context.Context, o options, n int, all *Report) error {
	dir, err := os.MkdirTemp("", "birge-bench.")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	data, files := filepath.Join(dir, "data"), filepath.Join(dir, "files")
	if err := os.Mkdir(files, 0o700); err != nil {
		return err
	}
	began := time.Now()
	s, err := seedIn(ctx, data, n)
	if err != nil {
		return err
	}
	w := Portal{Projects: n, Seed: time.Since(began)}
	fmt.Fprintf(os.Stderr, "seeded %d projects in %s\n", n, w.Seed.Round(time.Second))
	nginx, endNginx, err := startNginx(ctx, dir)
	if err != nil {
		fmt.Fprintln(os.Stderr, "no ratios: nginx does not run here; install it with: sudo apt-get install nginx-light:", err)
	} else {
		defer endNginx()
	}
	if err := w.measureStart(ctx, data); err != nil {
		return err
	}
	for _, pagesMB := range []int{0, 32} {
		c, err := startChild(ctx, data, pagesMB)
		if err != nil {
			return err
		}
		if _, err := c.filled(); err != nil {
			c.end()
			return err
		}
		if err := measurePages(ctx, o, c, nginx, files, pagesOf(s), pagesMB > 0, n, all); err != nil {
			c.end()
			return err
		}
		if pagesMB > 0 {
			err = w.measureMemory(c)
		}
		c.end()
		if err != nil {
			return err
		}
	}
	all.Portals = append(all.Portals, w)
	return ctx.Err()
}

func measurePages(ctx context.Context, o options, c *child, nginx, files string, pages []page, kept bool, n int, all *Report) error {
	for i, pg := range pages {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		r, err := measurePage(o, c, nginx, files, fmt.Sprintf("p%d", i), pg, kept)
		if err != nil {
			return fmt.Errorf("%s: %w", pg.name, err)
		}
		r.Projects = n
		all.Pages = append(all.Pages, r)
	}
	return nil
}

func seedIn(ctx context.Context, dir string, n int) (s seeded, err error) {
	clock := new(sample.Clock)
	c := config(dir)
	c.Clock = clock.Now
	p, err := app.Open(ctx, c)
	if err != nil {
		return s, err
	}
	defer p.Close()
	return seed(ctx, p, clock, n)
}

// page is one cell: a page, or several asked for in turn.
type page struct {
	name  string
	paths []string
	boxes int // filters that must be set on it
}

func pagesOf(s seeded) []page {
	find := func(q string) string { return "/ru/search?q=" + url.QueryEscape(q) }
	id := s.project.String()
	var leafed []string
	for i := range 400 {
		leafed = append(leafed, fmt.Sprintf("/ru/projects?page=%d", i*7%400+1))
	}
	one := func(name, path string) page { return page{name: name, paths: []string{path}} }
	return []page{
		one("front page", "/ru/"),
		one("list", "/ru/projects"),
		{name: "list, leafed through", paths: leafed},
		{name: "list, three filters", paths: []string{"/ru/projects?place=" + s.region + "&year=" + fmt.Sprint(lastYear-2) + "&kind=state_social_order"}, boxes: 3},
		one("search, rare", find("беркутчи")),
		one("search, common", find("молодежь")),
		one("search, two words", find("театр здоровье")),
		one("project page", "/ru/projects/"+id),
		one("project as JSON", "/api/v1/projects/"+id),
		one("region page", "/ru/places/"+s.region),
	}
}

// measurePage measures one page, and nginx with the same bytes.
func measurePage(o options, c *child, nginx, files, name string, pg page, kept bool) (Result, error) {
	r := Result{Page: pg.name, Kept: kept}
	path := pg.paths[0]
	body, status, err := fetch("http://"+c.pages+path, "")
	if err != nil {
		return r, err
	}
	if set := strings.Count(string(body), " checked"); pg.boxes > 0 && set != pg.boxes {
		return r, fmt.Errorf("%d filters are set, not %d", set, pg.boxes)
	}
	if r.First, r.Requests, err = firstLoad("http://"+c.pages, path); err != nil {
		return r, err
	}
	if r.Status, r.Bytes = status, len(body); status != http.StatusOK {
		return r, nil
	}
	if r.Queries, err = ask[int](c, "/queries?page="+url.QueryEscape(path)); err != nil {
		return r, err
	}
	d := time.Duration(o.seconds * float64(time.Second))
	load(c.pages, pg.paths, o.connections, d/5) // warm
	before, err := ask[usage](c, "/usage")
	if err != nil {
		return r, err
	}
	r.Speed = load(c.pages, pg.paths, o.connections, d)
	after, err := ask[usage](c, "/usage")
	if err != nil {
		return r, err
	}
	r.CPU, r.RSS = (after.CPU-before.CPU)/time.Duration(max(1, r.Speed.Requests)), after.RSS
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
	if file := load(nginx, []string{"/" + name}, o.connections, d/2); file.PerSecond > 0 {
		r.Nginx = r.Speed.PerSecond / file.PerSecond
	}
	return r, nil
}

// profile writes a CPU profile of the measured process under load.
func profile(o options, c *child, pg page, to string) error {
	done := make(chan struct{})
	go func() {
		defer close(done)
		load(c.pages, pg.paths, o.connections, 4*time.Second)
	}()
	b, _, err := fetch("http://"+c.control+"/profile?seconds=3", "")
	<-done
	if err != nil {
		return err
	}
	return os.WriteFile(to, b, 0o600)
}

// fetch reads an address as a new reader; coding is what it accepts, "" for none.
func fetch(address, coding string) (body []byte, status int, err error) {
	plain := http.Client{Transport: &http.Transport{DisableCompression: true, DisableKeepAlives: true}}
	q, err := http.NewRequest(http.MethodGet, address, nil)
	if err != nil {
		return nil, 0, err
	}
	if coding != "" {
		q.Header.Set("Accept-Encoding", coding)
	}
	r, err := plain.Do(q)
	if err != nil {
		return nil, 0, err
	}
	defer r.Body.Close()
	body, err = io.ReadAll(r.Body)
	return body, r.StatusCode, err
}

var assets = regexp.MustCompile(`(?:<link rel="stylesheet" href|<script src)="([^"]+)"`)

// firstLoad is what a reader fetches before the page can be read: the page with
// its styles and scripts, compressed.
func firstLoad(portal, path string) (bytes, requests int, err error) {
	plain, _, err := fetch(portal+path, "")
	if err != nil {
		return 0, 0, err
	}
	for _, part := range append([][]string{{"", path}}, assets.FindAllStringSubmatch(string(plain), -1)...) {
		body, status, err := fetch(portal+part[1], "gzip")
		if err != nil || status != http.StatusOK {
			return 0, 0, fmt.Errorf("%s: status %d: %w", part[1], status, err)
		}
		bytes, requests = bytes+len(body), requests+1
	}
	return bytes, requests, nil
}

// compare sets the median of each page against that of the smallest portal.
func compare(all []Result) {
	for i := range all {
		for _, small := range all {
			if small.Page == all[i].Page && small.Kept == all[i].Kept && small.Projects < all[i].Projects && small.Speed.P50 > 0 {
				all[i].ToSmall = float64(all[i].Speed.P50) / float64(small.Speed.P50)
			}
		}
	}
}

func show(all Report) error {
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	line := func(cells ...string) { fmt.Fprintln(w, strings.Join(append(cells, ""), "\t")) }
	ms := func(d time.Duration) string { return fmt.Sprintf("%.2f", float64(d)/float64(time.Millisecond)) }
	mb := func(n int64) string { return fmt.Sprintf("%.0f", float64(n)/(1<<20)) }
	line("projects", "page", "kept", "p50 ms", "p95 ms", "req/s", "CPU ms", "queries", "RSS MB", "KB", "first load KB", "requests", "to nginx", "to small", "failed")
	for _, r := range all.Pages {
		if r.Status != http.StatusOK {
			line(fmt.Sprint(r.Projects), r.Page, fmt.Sprint(r.Kept), fmt.Sprintf("answers %d", r.Status))
			continue
		}
		line(fmt.Sprint(r.Projects), r.Page, fmt.Sprint(r.Kept), ms(r.Speed.P50), ms(r.Speed.P95), fmt.Sprintf("%.0f", r.Speed.PerSecond), fmt.Sprintf("%.3f", float64(r.CPU)/1e6),
			fmt.Sprint(r.Queries), mb(r.RSS), fmt.Sprintf("%.1f", float64(r.Bytes)/1000), fmt.Sprintf("%.1f", float64(r.First)/1000), fmt.Sprint(r.Requests),
			fmt.Sprintf("%.4f", r.Nginx), fmt.Sprintf("%.2f", r.ToSmall), fmt.Sprint(r.Speed.Failed))
	}
	line()
	line("projects", "seeded s", "start ms", "without index ms", "whole after ms", "RSS after start MB", "peak MB", "export rows", "rows/s", "peak of export MB")
	for _, p := range all.Portals {
		line(fmt.Sprint(p.Projects), fmt.Sprintf("%.0f", p.Seed.Seconds()), ms(p.Start), ms(p.StartAnew), ms(p.Whole), mb(p.RSS), mb(p.Peak),
			fmt.Sprint(p.ExportRows), fmt.Sprintf("%.0f", p.ExportPerSecond), mb(p.ExportPeak))
	}
	if all.Hall != nil {
		line()
		all.Hall.show(line)
	}
	if t := all.Typing; t != nil {
		line()
		line("write at once", "p50 ms", "p95 ms", "writes/s", "failed", "most: p95 ms", "writes/s", "failed")
		line(fmt.Sprint(t.People), ms(t.Typed.P50), ms(t.Typed.P95), fmt.Sprintf("%.0f", t.Typed.PerSecond), fmt.Sprint(t.Typed.Failed),
			ms(t.Most.P95), fmt.Sprintf("%.0f", t.Most.PerSecond), fmt.Sprint(t.Most.Failed))
	}
	if len(all.Doors) > 0 {
		line()
		line("register at once", "ms", "all answered ms", "devices", "scans", "merged ms", "µs a scan", "to small", "people counted")
	}
	for _, d := range all.Doors {
		line(fmt.Sprint(d.People), ms(d.Registering), ms(d.Answering), fmt.Sprint(d.Devices), fmt.Sprint(d.Scans), ms(d.Merging),
			fmt.Sprintf("%.0f", float64(d.Merging.Microseconds())/float64(d.Scans)), fmt.Sprintf("%.2f", d.ToSmall), fmt.Sprint(d.Came))
	}
	if len(all.Rounds) > 0 {
		line()
		line("applications", "of a round", "ms", "µs for one", "to small, for one", "KB")
	}
	for _, r := range all.Rounds {
		line(fmt.Sprint(r.Applications), r.What, ms(r.Took), fmt.Sprintf("%.1f", float64(r.Took.Microseconds())/float64(r.Applications)), fmt.Sprintf("%.2f", r.ToSmall), fmt.Sprintf("%.1f", float64(r.Bytes)/1000))
	}
	showAmendments(all.Amended, line, ms)
	return w.Flush()
}
