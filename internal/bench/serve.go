package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/pprof"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"birge/internal/app"
	"birge/internal/platform/db"
)

func config(dir string) app.Config {
	return app.Config{Data: dir, Zone: "Asia/Almaty", Log: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))}
}

// usage is what the measured process tells of itself.
type usage struct {
	CPU  time.Duration `json:"cpu"`  // user and system, since its start
	RSS  int64         `json:"rss"`  // bytes
	Peak int64         `json:"peak"` // the most since it was last asked to forget it
}

// serveChild is the measured process: the portal on one port, and on another the
// questions that the measuring process asks it. It ends when its input does, so
// it never outlives the process that started it.
func serveChild(dir string, pagesMB int) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	c := config(dir)
	c.PagesMB = pagesMB
	requests, err := os.Create(filepath.Join(dir, "requests.log")) // every request is told, as an operator may wish
	if err != nil {
		return err
	}
	defer requests.Close()
	c.Log = slog.New(slog.NewTextHandler(requests, nil))
	p, err := app.Open(ctx, c)
	if err != nil {
		return err
	}
	defer p.Close()
	pages, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	control, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	go func() { _ = http.Serve(control, questions(p)) }()
	go func() {
		_, _ = os.Stdin.Read(make([]byte, 1))
		stop()
	}()
	fmt.Println(pages.Addr(), control.Addr())
	return p.RunOn(ctx, pages)
}

func questions(p *app.Portal) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/queries", func(w http.ResponseWriter, r *http.Request) {
		var n atomic.Int64
		page := httptest.NewRequest(http.MethodGet, r.URL.Query().Get("page"), nil)
		p.Server.ServeHTTP(httptest.NewRecorder(), page.WithContext(db.CountQueries(r.Context(), &n)))
		_ = json.NewEncoder(w).Encode(n.Load())
	})
	mux.HandleFunc("/usage", func(w http.ResponseWriter, _ *http.Request) {
		var u syscall.Rusage
		_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
		_ = json.NewEncoder(w).Encode(usage{time.Duration(u.Utime.Nano() + u.Stime.Nano()), memory("VmRSS"), memory("VmHWM")})
	})
	mux.HandleFunc("/forget-peak", func(w http.ResponseWriter, _ *http.Request) {
		_ = os.WriteFile("/proc/self/clear_refs", []byte("5"), 0)
		_ = json.NewEncoder(w).Encode(true)
	})
	mux.HandleFunc("/whole", func(w http.ResponseWriter, r *http.Request) {
		_ = json.NewEncoder(w).Encode(p.AwaitReady(r.Context()) == nil)
	})
	mux.HandleFunc("/profile", pprof.Profile)
	return mux
}

// memory is a line of what the system knows of this process, in bytes; 0 where
// the system does not tell it so.
func memory(name string) int64 {
	b, _ := os.ReadFile("/proc/self/status")
	for line := range strings.Lines(string(b)) {
		if rest, ok := strings.CutPrefix(line, name+":"); ok {
			var kb int64
			_, _ = fmt.Sscan(rest, &kb)
			return kb << 10
		}
	}
	return 0
}

// child is a started portal.
type child struct {
	pages, control string
	served         time.Duration // from its start to its first page
	end            func()
}

// startChild starts this program again as the measured process.
func startChild(ctx context.Context, dir string, pagesMB int) (*child, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, self, "-serve", dir, "-pages-mb", fmt.Sprint(pagesMB))
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	began := time.Now()
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	c := &child{end: func() {
		_ = in.Close()
		_ = cmd.Wait()
	}}
	if _, err := fmt.Fscan(out, &c.pages, &c.control); err != nil {
		c.end()
		return nil, fmt.Errorf("bench: the portal did not start: %w", err)
	}
	for {
		if _, status, err := fetch("http://"+c.pages+"/ru/projects", ""); err == nil && status == http.StatusOK {
			c.served = time.Since(began)
			break
		}
		if time.Since(began) > time.Minute {
			c.end()
			return nil, fmt.Errorf("bench: the portal serves no page")
		}
		time.Sleep(2 * time.Millisecond)
	}
	return c, nil
}

// ask asks the measured process something and reads its answer.
func ask[T any](c *child, question string) (v T, err error) {
	r, err := http.Get("http://" + c.control + question)
	if err != nil {
		return v, err
	}
	defer r.Body.Close()
	return v, json.NewDecoder(r.Body).Decode(&v)
}

// nginxConf serves a folder as files with no compression and no access log.
const nginxConf = `daemon off; worker_processes auto; pid PLACE/pid; error_log PLACE/error.log; USER
events { worker_connections 256; }
http {
  access_log off; sendfile on; gzip off; keepalive_requests 1000000000; default_type text/html;
  client_body_temp_path PLACE/tmp; proxy_temp_path PLACE/tmp; fastcgi_temp_path PLACE/tmp; uwsgi_temp_path PLACE/tmp; scgi_temp_path PLACE/tmp;
  server { listen ADDR; root PLACE/files; }
}
`

// startNginx serves dir/files; the caller names nginx when it is not installed.
func startNginx(ctx context.Context, dir string) (addr string, end func(), err error) {
	path, err := exec.LookPath("nginx")
	if err != nil {
		return "", nil, err
	}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	addr = free.Addr().String()
	_ = free.Close()
	user := ""
	if os.Getuid() == 0 {
		user = "user root;"
	}
	conf := strings.NewReplacer("PLACE", dir, "ADDR", addr, "USER", user).Replace(nginxConf)
	if err := os.WriteFile(dir+"/nginx.conf", []byte(conf), 0o600); err != nil {
		return "", nil, err
	}
	cmd := exec.CommandContext(ctx, path, "-p", dir, "-e", dir+"/error.log", "-c", dir+"/nginx.conf")
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	if err := cmd.Start(); err != nil {
		return "", nil, err
	}
	end = func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		_ = cmd.Wait()
	}
	for range 50 {
		if c, err := net.Dial("tcp", addr); err == nil {
			return addr, end, c.Close()
		}
		time.Sleep(100 * time.Millisecond)
	}
	end()
	return "", nil, fmt.Errorf("bench: nginx did not start")
}
