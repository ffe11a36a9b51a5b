package files

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/image/draw"

	"birge/internal/platform/problem"
)

var fine = draw.CatmullRom

func pngSum(b []byte) uint32 { return crc32.ChecksumIEEE(b) }

// bucket is the part of an S3 service that the store speaks to: put, read in
// ranges, ask and remove one object. It does not check signatures.
type bucket struct {
	mu    sync.Mutex
	blobs map[string][]byte
	full  bool
}

func (b *bucket) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch blob, ok := b.blobs[r.URL.Path]; {
	case !strings.HasPrefix(r.URL.Path, "/birge/") || !strings.Contains(r.Header.Get("Authorization"), "Credential=key/"):
		s3Error(w, http.StatusForbidden, "AccessDenied")
	case r.Method == "PUT" && b.full:
		s3Error(w, http.StatusInsufficientStorage, "XMinioStorageFull")
	case r.Method == "PUT":
		body, err := payload(r)
		if err != nil {
			s3Error(w, http.StatusBadRequest, "IncompleteBody")
			return
		}
		b.blobs[r.URL.Path] = body
		w.Header().Set("ETag", `"1"`)
	case r.Method == "DELETE":
		delete(b.blobs, r.URL.Path)
		w.WriteHeader(http.StatusNoContent)
	case !ok:
		s3Error(w, http.StatusNotFound, "NoSuchKey")
	default:
		w.Header().Set("ETag", `"1"`)
		http.ServeContent(w, r, "", time.Unix(1, 0), bytes.NewReader(blob))
	}
}

func s3Error(w http.ResponseWriter, status int, code string) {
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	fmt.Fprintf(w, "<Error><Code>%s</Code></Error>", code)
}

// payload takes a body apart that comes in signed chunks.
func payload(r *http.Request) ([]byte, error) {
	if !strings.HasPrefix(r.Header.Get("X-Amz-Content-Sha256"), "STREAMING-") {
		return io.ReadAll(r.Body)
	}
	var out []byte
	in := bufio.NewReader(r.Body)
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return nil, err
		}
		size, _, _ := strings.Cut(strings.TrimSpace(line), ";")
		n, err := strconv.ParseInt(size, 16, 64)
		if err != nil || n == 0 {
			return out, err
		}
		chunk := make([]byte, n+2)
		if _, err := io.ReadFull(in, chunk); err != nil {
			return nil, err
		}
		out = append(out, chunk[:n]...)
	}
}

func s3(t *testing.T) (*S3, *bucket) {
	t.Helper()
	b := &bucket{blobs: map[string][]byte{}}
	server := httptest.NewServer(b)
	t.Cleanup(server.Close)
	s, err := OpenS3(S3Address{Endpoint: strings.TrimPrefix(server.URL, "http://"), Bucket: "birge", Key: "key", Secret: "secret", Plain: true})
	must(t, err)
	return s, b
}

// TestStores: a folder and a bucket keep the same promises.
func TestStores(t *testing.T) {
	inBucket, _ := s3(t)
	for name, s := range map[string]Store{"folder": local(t), "bucket": inBucket} {
		t.Run(name, func(t *testing.T) {
			text := []byte(strings.Repeat("Бірге ", 50_000))
			sum := hashOf(text)
			_, err := s.Open(t.Context(), sum)
			if !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("before: %v", err)
			}
			for range 2 {
				must(t, s.Put(t.Context(), sum, int64(len(text)), bytes.NewReader(text)))
			}
			r, err := s.Open(t.Context(), sum)
			must(t, err)
			got, err := io.ReadAll(r)
			must(t, err)
			if !bytes.Equal(got, text) {
				t.Errorf("%d bytes came back of %d", len(got), len(text))
			}
			_, err = r.Seek(int64(len(text)-11), io.SeekStart)
			must(t, err)
			if got, err = io.ReadAll(r); err != nil || string(got) != "Бірге " {
				t.Errorf("the end is %q, %v", got, err)
			}
			must(t, r.Close())
			for range 2 {
				must(t, s.Remove(t.Context(), sum))
			}
			if _, err := s.Open(t.Context(), sum); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("after: %v", err)
			}
			for _, bad := range []string{"", "../../../etc/passwd", strings.Repeat("A", 64), strings.Repeat("/", 64)} {
				if s.Put(t.Context(), bad, 1, strings.NewReader("x")) == nil || s.Remove(t.Context(), bad) == nil {
					t.Errorf("%q was taken for a hash", bad)
				}
			}
		})
	}
}

func TestFullBucket(t *testing.T) {
	s, b := s3(t)
	b.full = true
	if err := s.Put(t.Context(), hashOf(nil), 1, strings.NewReader("x")); !problem.Is(err, problem.Unavailable) {
		t.Errorf("got %v", err)
	}
}

func TestHalfABlobIsNone(t *testing.T) {
	l := local(t)
	sum := hashOf([]byte("whole"))
	if err := l.Put(t.Context(), sum, 5, strings.NewReader("who")); err == nil {
		t.Fatal("a short blob was kept")
	}
	if _, err := l.Open(t.Context(), sum); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", err)
	}
	dir, err := l.root.Open(sum[:2] + "/" + sum[2:4])
	must(t, err)
	defer dir.Close()
	if left, err := dir.ReadDir(-1); err != nil || len(left) != 0 {
		t.Errorf("left %v, %v", left, err)
	}
}

func TestParseS3(t *testing.T) {
	for _, c := range []struct {
		address, key string
		want         S3Address
		says         string
	}{
		{"s3://s3.example/birge", "k", S3Address{Endpoint: "s3.example", Bucket: "birge", Key: "k", Secret: "secret"}, ""},
		{"s3://127.0.0.1:9000/birge?region=kz-1&plain=yes", "k", S3Address{Endpoint: "127.0.0.1:9000", Bucket: "birge", Region: "kz-1", Plain: true, Key: "k", Secret: "secret"}, ""},
		{"s3://s3.example/birge", "", S3Address{}, "BIRGE_S3_KEY"},
		{"s3://s3.example/", "k", S3Address{}, "names no bucket"},
		{"s3://s3.example/a/b", "k", S3Address{}, "names no bucket"},
		{"s3://s3.example/birge?zone=1", "k", S3Address{}, "unknown"},
		{"s3://key:secret@s3.example/birge", "k", S3Address{}, "s3://HOST/BUCKET"},
		{"https://s3.example/birge", "k", S3Address{}, "s3://HOST/BUCKET"},
	} {
		got, err := ParseS3(c.address, c.key, "secret")
		if c.says == "" && (err != nil || got != c.want) {
			t.Errorf("%s: %+v, %v", c.address, got, err)
		}
		if c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says)) {
			t.Errorf("%s: %v, want it to say %q", c.address, err, c.says)
		}
	}
}

// The bucket of an address takes a file and gives it back.
func TestABucketByItsAddress(t *testing.T) {
	server := httptest.NewServer(&bucket{blobs: map[string][]byte{}})
	t.Cleanup(server.Close)
	a, err := ParseS3("s3://"+strings.TrimPrefix(server.URL, "http://")+"/birge?plain=yes", "key", "secret")
	must(t, err)
	s, err := OpenS3(a)
	must(t, err)
	sum := hashOf([]byte("words"))
	must(t, s.Put(t.Context(), sum, 5, strings.NewReader("words")))
	r, err := s.Open(t.Context(), sum)
	must(t, err)
	defer r.Close()
	if got, err := io.ReadAll(r); err != nil || string(got) != "words" {
		t.Errorf("%q, %v", got, err)
	}
}
