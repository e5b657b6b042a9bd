#include "runtime/descriptor.hpp"

#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <optional>
#include <system_error>
#include <utility>

#include "runtime/worker.hpp"

namespace redouble::runtime {
namespace {

using Stream = boost::asio::posix::basic_stream_descriptor<Worker::IoExecutor>;

class DescriptorState final : public detail::WaitState {
 public:
  DescriptorState(Executor executor, FileDescriptor descriptor)
      : WaitState(executor), stream_(std::in_place, executor.context()) {
    boost::system::error_code error;
    stream_->assign(descriptor.get(), error);
    if (error) throw std::system_error(error.value(), std::system_category(), "epoll_ctl");
    descriptor.release();
  }

  void close() noexcept override {
    WaitState::close();
    stream_.reset();  // closes it, which ends the armed waits
  }

 private:
  void arm(Wake wanted) override {
    const Wake now = without(wanted & (Wake::readable | Wake::writable), armed_);
    if (has(now, Wake::readable)) arm_one(Stream::wait_read, Wake::readable);
    if (has(now, Wake::writable)) arm_one(Stream::wait_write, Wake::writable);
  }

  void arm_one(Stream::wait_type type, Wake what) {
    armed_ = armed_ | what;
    stream_->async_wait(type, [state = Ref<DescriptorState>(this), what](auto) {
      state->armed_ = without(state->armed_, what);
      // An error is for the system call to tell: it comes as readiness.
      if (state->stream_) state->raise(what);
    });
  }

  std::optional<Stream> stream_;  // empty when it is closed
  Wake armed_ = Wake::none;
};

}  // namespace

Descriptor::Descriptor(Executor executor, FileDescriptor descriptor)
    : native_(descriptor.get()), state_(new DescriptorState(executor, std::move(descriptor))) {}

Descriptor::~Descriptor() { state_->close(); }

}  // namespace redouble::runtime
