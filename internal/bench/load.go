package main

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"
)

// speed is what one run of load saw.
type speed struct {
	PerSecond float64       `json:"per_second"`
	P50       time.Duration `json:"p50_ns"`
	P95       time.Duration `json:"p95_ns"`
	Failed    int           `json:"failed"`
	Requests  int           `json:"requests"`
}

// load asks for a page, or for several in turn, over so many kept connections
// until the time is over.
func load(addr string, paths []string, connections int, d time.Duration) speed {
	var mu sync.Mutex
	var all []time.Duration
	var s speed
	var wg sync.WaitGroup
	began := time.Now()
	for i := range connections {
		wg.Go(func() {
			took, failed := askUntil(addr, paths, i*len(paths)/connections, began.Add(d))
			mu.Lock()
			defer mu.Unlock()
			all, s.Failed = append(all, took...), s.Failed+failed
		})
	}
	wg.Wait()
	slices.Sort(all)
	if s.Requests = len(all); s.Requests > 0 {
		s.PerSecond = float64(len(all)) / time.Since(began).Seconds()
		s.P50, s.P95 = all[len(all)/2], all[len(all)*95/100]
	}
	return s
}

// askUntil asks over one connection, beginning at the page with the given number;
// a failure ends it.
func askUntil(addr string, paths []string, at int, end time.Time) (took []time.Duration, failed int) {
	c, err := net.Dial("tcp", addr)
	if err != nil {
		return nil, 1
	}
	defer c.Close()
	var requests [][]byte
	for _, path := range paths {
		requests = append(requests, []byte("GET "+path+" HTTP/1.1\r\nHost: "+addr+"\r\n\r\n"))
	}
	in := bufio.NewReaderSize(c, 64<<10)
	for began := time.Now(); began.Before(end); began = time.Now() {
		_ = c.SetDeadline(end.Add(10 * time.Second))
		at++
		if _, err := c.Write(requests[at%len(requests)]); err != nil {
			return took, failed + 1
		}
		r, err := http.ReadResponse(in, nil)
		if err != nil {
			return took, failed + 1
		}
		_, err = io.Copy(io.Discard, r.Body)
		if err != nil || r.StatusCode != http.StatusOK {
			return took, failed + 1
		}
		took = append(took, time.Since(began))
	}
	return took, failed
}
