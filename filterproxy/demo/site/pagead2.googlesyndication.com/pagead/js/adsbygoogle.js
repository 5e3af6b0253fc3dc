/* stands in for an advert script: fills every slot it finds */
(function () {
  function fill() {
    document.querySelectorAll('ins.adsbygoogle').forEach(function (slot) {
      slot.innerHTML = '<div class="ad-demo"><b>夏季旅行保险</b><br>一天一块钱，出门更安心<br><small>广告</small></div>';
    });
  }
  if (document.readyState === 'loading') { document.addEventListener('DOMContentLoaded', fill); } else { fill(); }
})();
